/** Netverdict beside simpler methods, all held to the same: the place alone, the sender's domain or the receiver's. */
import { BASELINES, type Place } from '../baselines/index.js';
import type { Score } from '../record.js';
import { type Share, shareOf } from './interval.js';

/** What each method said of a run. */
export interface Told {
  readonly score: Score;
  readonly places: Readonly<Record<string, Place>>;
}

export interface Method {
  readonly id: string;
  readonly title: string;
  /** Of runs that hurt. */
  readonly place: Share;
  /** Of controls: that it said nothing. */
  readonly silence: Share;
}

const OWN = { id: 'netverdict', title: 'netverdict, which is told neither flow nor onset' };

/** Over the runs whose telemetry was kept. */
export function versus(told: readonly Told[]): Method[] {
  const all = told.map(({ score, places }) => ({
    score,
    places: { ...places, [OWN.id]: ownPlace(score) },
  }));
  const counted = all.filter(({ score }) => score.result !== 'void');
  const right = (isControl: boolean, id: string): Share =>
    shareOf(
      counted
        .filter(({ score }) => (score.label === null) === isControl)
        .map(({ score, places }) => places[id] === truePlace(score)),
    );
  return [OWN, ...BASELINES].map(({ id, title }) => ({
    ...{ id, title },
    place: right(false, id),
    silence: right(true, id),
  }));
}

const truePlace = ({ label }: Score): Place =>
  label === null ? null : label.domain === 'network' ? 'network' : label.host;

function ownPlace({ incidents, earlier, domain, host }: Score): Place {
  if (incidents + earlier === 0) return null;
  return domain === 'network' ? 'network' : (host ?? 'undetermined');
}
