/** Reads the verdicts of exported incidents again, by the code that gave them, and holds both against each other. */
import { countRecords, questionOf } from '../incidents/basis.js';
import type { Basis, Incident } from '../incidents/incident.js';
import { judgeCase } from '../incidents/judgement.js';
import { uniqueEvidence } from '../incidents/lifecycle.js';
import { nanoseconds } from '../incidents/wire.js';
import { type Difference, differences } from './difference.js';
import { Records } from './records.js';
import { type Source, sourcesAt } from './source.js';

type Parts = Partial<Pick<Incident, 'verdict' | 'split' | 'evidence'>>;

/** One judgement of an incident: its newest verdict, its split if that is older, or a verdict before. */
interface Look {
  readonly incident: string;
  readonly of: 'verdict' | 'split' | `verdict until ${string}`;
  readonly recorded: Parts;
  readonly basis: Basis;
}

export interface Replayed extends Omit<Look, 'basis'> {
  readonly replayed: Parts;
  /** Byte for byte, as JSON with its keys in order. */
  readonly same: boolean;
  readonly differences: readonly Difference[];
  /** Records that were read then and are not there now, by stream. */
  readonly missing: Readonly<Record<string, number>>;
}

export interface Replay {
  readonly looks: readonly Replayed[];
  /** Incidents that never had a verdict. */
  readonly without: readonly string[];
  /** Incidents with a verdict and no word of what it was read from. */
  readonly unfounded: readonly string[];
}

/** @param only the id of one incident. */
export async function replay(path: string, only?: string): Promise<Replay> {
  const sources = sourcesAt(path).map(({ incidents, load }) => ({
    incidents: incidents.filter(({ id }) => only === undefined || id === only),
    load,
  }));
  const looks: Replayed[] = [];
  for (const source of sources) looks.push(...(await replayed(source)));
  const incidents = sources.flatMap((source) => source.incidents);
  const ids = (which: (incident: Incident) => boolean): string[] =>
    incidents.filter(which).map(({ id }) => id);
  return {
    looks,
    without: ids(({ verdict }) => verdict === null),
    unfounded: ids((i) => i.verdict !== null && (!i.basis || i.revisions.some((r) => !r.basis))),
  };
}

async function replayed({ incidents, load }: Source): Promise<Replayed[]> {
  const looks = incidents.flatMap(looksOf);
  if (looks.length === 0) return [];
  const records = await Records.open();
  const seen = new Map<Look, Replayed>();
  try {
    await load(records);
    // The newest first: what came after a look was not read by any before it.
    for (const look of [...looks].sort((a, b) => (askedOf(a.basis) < askedOf(b.basis) ? 1 : -1)))
      seen.set(look, await lookAgain(look, records));
  } finally {
    records.close();
  }
  return looks.flatMap((look) => seen.get(look) ?? []);
}

function looksOf({
  id,
  verdict,
  split,
  evidence,
  basis,
  split_basis,
  revisions,
}: Incident): Look[] {
  if (verdict === null || !basis) return [];
  const recorded = split_basis ? { verdict, evidence } : { verdict, split, evidence };
  return [
    { incident: id, of: 'verdict', recorded, basis },
    ...(split_basis
      ? [{ incident: id, of: 'split' as const, recorded: { split }, basis: split_basis }]
      : []),
    ...revisions.flatMap((r) =>
      r.basis
        ? [
            {
              incident: id,
              of: `verdict until ${r.at}` as const,
              recorded: { verdict: r.verdict },
              basis: r.basis,
            },
          ]
        : [],
    ),
  ];
}

const askedOf = ({ asked, window }: Basis): string => asked ?? window.to;

async function lookAgain({ basis, ...look }: Look, records: Records): Promise<Replayed> {
  const question = questionOf(basis);
  await records.keepUntil(question.askedNs);
  const clocks = Object.entries(basis.clocks);
  await records.setClocks(new Map(clocks.map(([host, zero]) => [host, nanoseconds(zero)])));
  const { diagnosis } = await judgeCase(records, question);
  const whole: Required<Parts> = {
    verdict: diagnosis?.verdict ?? null,
    split: diagnosis?.split ?? null,
    evidence: diagnosis ? uniqueEvidence(diagnosis) : [],
  };
  const parts = Object.keys(look.recorded) as (keyof Parts)[];
  const answer = asJson(Object.fromEntries(parts.map((part) => [part, whole[part]])) as Parts);
  const differing = differences(look.recorded, answer);
  const found = await countRecords(records, question);
  return {
    ...look,
    replayed: answer,
    same: differing.length === 0,
    differences: differing,
    missing: Object.fromEntries(
      Object.entries(basis.records)
        .map(([stream, count]): [string, number] => [stream, count - (found[stream] ?? 0)])
        .filter(([, count]) => count > 0),
    ),
  };
}

/** As it travels. */
const asJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
