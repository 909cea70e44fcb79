/** What a verdict was read from, written down with it, so that a replay can read the same again. */
import { type StreamName, STREAMS } from '../../primitives/common/schema/streams.js';
import { flowId } from '../ledgers/flow.js';
import type { Queries, Window } from '../ledgers/observe.js';
import type { Basis, Incident } from './incident.js';
import type { Question } from './judgement.js';
import { flowKey, nanoseconds, rfc3339, wireFlow } from './wire.js';

/** Whose an address or a socket is was told when it became so: the word may be as old as the records. */
const OF_ANY_AGE: readonly StreamName[] = ['endpoint', 'socket_owner'];
/** Address translations are looked up this much before the window that they are needed for. */
const LOOK_BACK_NS = 60_000_000_000n;

/** The rows of a stream that a judgement may read, as SQL over `received_ns`. */
export function recordsBehind(
  stream: StreamName,
  { askedNs, baseline }: Pick<Question, 'askedNs' | 'baseline'>,
): string {
  const until = `received_ns <= ${askedNs}`;
  if (OF_ANY_AGE.includes(stream)) return until;
  return `${until} AND received_ns >= ${baseline.fromNs - LOOK_BACK_NS}`;
}

/** How many of them there are. */
export async function countRecords(
  records: Queries,
  question: Pick<Question, 'askedNs' | 'baseline'>,
): Promise<Record<string, number>> {
  const counts = STREAMS.map(
    ({ name }) =>
      `(SELECT count(*) FROM ${name} WHERE ${recordsBehind(name, question)}) AS ${name}`,
  );
  const [row] = await records.query(`SELECT ${counts.join(', ')}`);
  return row as Record<string, number>;
}

export async function basisOf(records: Queries, question: Question): Promise<Basis> {
  const { askedNs, window, baseline, flows, tuples } = question;
  const own = new Set(flows.map(flowId));
  const clocks = await records.query(
    'SELECT host, offset_ns::VARCHAR AS offset_ns FROM host_clock ORDER BY host',
  );
  return {
    asked: rfc3339(askedNs),
    window: span(window),
    baseline: span(baseline),
    flows: flows.map(wireFlow),
    seen_as: tuples.filter((tuple) => !own.has(flowId(tuple))).map(wireFlow),
    clocks: Object.fromEntries(
      clocks.map((c) => [String(c['host']), rfc3339(BigInt(String(c['offset_ns'])))]),
    ),
    records: await countRecords(records, question),
  };
}

/** Of its verdict, of the split if that is older, and of the verdicts before. */
export const basesOf = ({ basis, split_basis, revisions }: Incident): Basis[] =>
  [basis, split_basis, ...revisions.map((revision) => revision.basis)].flatMap(
    (known) => known ?? [],
  );

const span = ({ fromNs, toNs }: Window): Basis['window'] => ({
  from: rfc3339(fromNs),
  to: rfc3339(toNs),
});

const windowOf = ({ from, to }: Basis['window']): Window => ({
  fromNs: nanoseconds(from),
  toNs: nanoseconds(to),
});

export function questionOf({ asked, window, baseline, flows, seen_as }: Basis): Question {
  const own = flows.map(flowKey);
  return {
    askedNs: nanoseconds(asked ?? window.to),
    window: windowOf(window),
    baseline: windowOf(baseline),
    flows: own,
    tuples: [...own, ...seen_as.map(flowKey)],
  };
}
