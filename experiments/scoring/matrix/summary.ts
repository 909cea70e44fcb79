/** What the scores of many runs say together. */
import type { Score } from '../record.js';
import { ascending, quantile } from '../../results/quantile.js';
import { floors, gradeNameOf, type Floor } from './floor.js';
import { type Share, shareOf } from './interval.js';
import { LOOK_ALIKES } from './look-alikes.js';

/** What was said, by what it was. */
export type Confusion = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface Latency {
  readonly p50_s: number | null;
  readonly p99_s: number | null;
  /** Runs without. */
  readonly never: number;
}

export interface Summary {
  readonly runs: number;
  /** Faults that hurt, set aside or not. Only these count, and controls that did not. */
  readonly hurt: number;
  /** Of faults that rules were made with: the place is right, the cause too, the first culprit. */
  readonly domain: Share;
  readonly cause: Share;
  readonly culprit_on_hosts: Share;
  readonly culprit_in_network: Share;
  /** The same of faults that none was made with. */
  readonly set_aside: { readonly domain: Share; readonly cause: Share };
  readonly by: Readonly<Record<'fault' | 'strength' | 'workload', Readonly<Record<string, Share>>>>;
  readonly confusion: { readonly domain: Confusion; readonly cause: Confusion };
  readonly look_alikes: readonly LookAlike[];
  readonly health: Health;
  readonly detection: Latency;
  readonly verdict: Latency;
  /** An alert named a victim's flow soon enough. */
  readonly trigger_recall: Share;
  readonly floors: readonly Floor[];
}

interface LookAlike {
  readonly pair: readonly [string, string];
  /** Runs of either whose place is right. */
  readonly right: Share;
  /** Runs of one in which the other was named. */
  readonly taken_for_other: number;
}

interface Health {
  readonly windows: number;
  readonly false_verdicts: number;
  readonly controls: number;
  /** Injections that nobody felt, and how many of them made an incident. */
  readonly unfelt: number;
  readonly unfelt_with_incident: number;
}

export const WINDOW_S = 5;
/** An alert later than this did not find the fault. */
const TRIGGER_WITHIN_S = 5;

export function summarize(scores: readonly Score[]): Summary {
  const hurt = scores.filter((s) => s.label !== null && s.result !== 'void');
  const known = hurt.filter((s) => !s.set_aside);
  const aside = hurt.filter((s) => s.set_aside);
  const named = known.filter((s) => s.culprit_right !== null);
  const culprits = (inNetwork: boolean): Share =>
    shareOf(
      named
        .filter((s) => (s.label?.domain === 'network') === inNetwork)
        .map((s) => s.culprit_right === true),
    );
  return {
    runs: scores.length,
    hurt: hurt.length,
    domain: placed(known),
    cause: explained(known),
    culprit_on_hosts: culprits(false),
    culprit_in_network: culprits(true),
    set_aside: { domain: placed(aside), cause: explained(aside) },
    by: {
      fault: split(hurt, (s) => s.scenario),
      strength: split(hurt, gradeNameOf),
      workload: split(hurt, (s) => s.workload ?? 'none'),
    },
    confusion: {
      domain: confusion(hurt, (s) => s.label?.domain ?? '', said),
      cause: confusion(
        hurt,
        (s) => s.label?.cause ?? '',
        (s) => s.cause ?? 'no verdict',
      ),
    },
    look_alikes: LOOK_ALIKES.flatMap((pair) => lookAlike(hurt, pair)),
    health: healthOf(scores),
    detection: latency(hurt.map((s) => s.detection_s)),
    verdict: latency(hurt.map((s) => s.verdict_s)),
    trigger_recall: shareOf(
      hurt.map(({ triggers: { first_s } }) => first_s !== null && first_s <= TRIGGER_WITHIN_S),
    ),
    floors: floors(scores),
  };
}

const placed = (scores: readonly Score[]): Share =>
  shareOf(scores.map((s) => s.result === 'right'));

const explained = (scores: readonly Score[]): Share => shareOf(scores.map((s) => s.cause_right));

/** A verdict of the right domain at the wrong host is neither of the two. */
function said({ incidents, domain, host, label }: Score): string {
  if (domain === null) return incidents === 0 ? 'no incident' : 'no verdict';
  return domain === label?.domain && host !== label.host ? `${domain}, another host` : domain;
}

function split(
  scores: readonly Score[],
  keyOf: (score: Score) => string,
): Readonly<Record<string, Share>> {
  const keys = [...new Set(scores.map(keyOf))].sort();
  return Object.fromEntries(
    keys.map((key) => [key, placed(scores.filter((s) => keyOf(s) === key))]),
  );
}

function confusion(
  scores: readonly Score[],
  was: (score: Score) => string,
  saidOf: (score: Score) => string,
): Confusion {
  const counts: Record<string, Record<string, number>> = {};
  for (const score of scores) {
    const row = (counts[was(score)] ??= {});
    row[saidOf(score)] = (row[saidOf(score)] ?? 0) + 1;
  }
  return counts;
}

/** None where not both have run. */
function lookAlike(scores: readonly Score[], pair: readonly [string, string]): LookAlike[] {
  const of = (cause: string): Score[] => scores.filter((s) => s.label?.cause === cause);
  const [first, second] = [of(pair[0]), of(pair[1])];
  if (first.length === 0 || second.length === 0) return [];
  const swapped =
    first.filter((s) => s.cause === pair[1]).length +
    second.filter((s) => s.cause === pair[0]).length;
  return [{ pair, right: placed([...first, ...second]), taken_for_other: swapped }];
}

function healthOf(scores: readonly Score[]): Health {
  const controls = scores.filter((s) => s.label === null && s.result !== 'void');
  const faults = scores.filter((s) => s.label !== null);
  const watched = [...controls, ...faults];
  const unfelt = faults.filter((s) => s.result === 'void');
  const sum = (values: readonly number[]): number => values.reduce((t, value) => t + value, 0);
  return {
    windows: sum(watched.map((s) => Math.floor(s.healthy_s / WINDOW_S))),
    false_verdicts: sum(watched.map((s) => s.earlier)) + sum(controls.map((s) => s.incidents)),
    controls: controls.length,
    unfelt: unfelt.length,
    unfelt_with_incident: unfelt.filter((s) => s.incidents > 0).length,
  };
}

function latency(seconds: readonly (number | null)[]): Latency {
  const known = ascending(seconds);
  return {
    p50_s: quantile(known, 0.5),
    p99_s: quantile(known, 0.99),
    never: seconds.length - known.length,
  };
}
