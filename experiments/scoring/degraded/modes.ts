/** What can be wrong of the agents, or of the way of their records, while the analyzer goes on. */
import { STREAMS, type StreamName } from '../../../primitives/common/schema/streams.js';

/** Who plays which part in a run. */
export interface Parts {
  readonly client: string;
  readonly server: string;
  readonly bystander: string;
}

export type Part = keyof Parts;

/** All of it is in what the analyzer receives; faults and labels are not known here. */
export interface Mode {
  readonly id: string;
  readonly title: string;
  /** This agent was never started. */
  readonly without?: Part;
  /** This agent's last word comes so long before the injection, seconds (negative: after it). */
  readonly dies?: { readonly part: Part; readonly beforeS: number };
  /** Of all records but those of names and addresses, which agents drop last and tell again. */
  readonly lostShare?: number;
  /** The clock of one host against those of the others. */
  readonly clock?: { readonly part: Part; readonly aheadS: number; readonly fastPpm: number };
}

const without = (part: Part): Mode => ({
  id: `no_${part}`,
  title: `no agent on the ${part}'s host`,
  without: part,
});

const dies = (part: Part, beforeS: number): Mode => ({
  id: `${part}_dies_${beforeS > 0 ? 'before' : 'after'}`,
  title:
    `the agent of the ${part}'s host dies ${Math.abs(beforeS)} s ` +
    (beforeS > 0 ? 'before the onset' : 'after it'),
  dies: { part, beforeS },
});

const loses = (percent: number): Mode => ({
  id: `loses_${percent}`,
  title: `${percent} % of the records lost`,
  lostShare: percent / 100,
});

const clock = (aheadS: number, fastPpm: number): Mode => ({
  id: aheadS !== 0 ? `clock_${aheadS}s` : `clock_${fastPpm}ppm`,
  title:
    `the clock of the server's host ` +
    (aheadS !== 0
      ? `${Math.abs(aheadS)} s ${aheadS > 0 ? 'ahead' : 'behind'}`
      : `${Math.abs(fastPpm)} ppm ${fastPpm > 0 ? 'fast' : 'slow'}`),
  clock: { part: 'server', aheadS, fastPpm },
});

/** As recorded: what the rerun itself changes. */
export const WHOLE: Mode = { id: 'whole', title: 'nothing missing' };

export const MODES: readonly Mode[] = [
  WHOLE,
  without('client'),
  without('server'),
  without('bystander'),
  dies('client', 3),
  dies('server', 3),
  dies('server', -1),
  loses(1),
  loses(3),
  loses(10),
  clock(1, 0),
  clock(-1, 0),
  clock(0, 100),
  clock(0, -100),
];

/** Told again now and then, and dropped last. */
const NEVER_LOST: readonly StreamName[] = [
  'arming',
  'host_info',
  'endpoint',
  'socket_owner',
  'nat_binding',
  'loss_account',
];

/** On the clock of their host; what else ends in `_ns` is a length of time. */
const INSTANTS = [
  'interval_start_ns',
  'interval_end_ns',
  'first_seen_ns',
  'last_seen_ns',
  'request_since_ns',
  'outstanding_since_ns',
  'start_ns',
  'end_ns',
  'time_ns',
  'begun_ns',
  'query_ns',
  'initial_ns',
];

/** When a run was, on the analyzer's clock, and when on that of the host whose clock is off. */
export interface Times {
  readonly injectedNs: bigint;
  /** Where a clock that is fast or slow was right. */
  readonly zeroNs: bigint;
}

/** A host's time as its clock in this mode tells it. */
export const misread = (
  ns: bigint,
  { aheadS, fastPpm }: NonNullable<Mode['clock']>,
  zeroNs: bigint,
): bigint => ns + BigInt(aheadS) * 1_000_000_000n + ((ns - zeroNs) * BigInt(fastPpm)) / 1_000_000n;

const misreadColumn = (
  name: string,
  { aheadS, fastPpm }: NonNullable<Mode['clock']>,
  zeroNs: bigint,
): string => `${name} + ${aheadS * 1e9}::BIGINT + (${name} - ${zeroNs}) * ${fastPpm} // 1000000`;

/** What the analyzer receives of a stream in this mode, from the table `recorded`, as SQL. */
export function received(
  stream: StreamName,
  recorded: string,
  mode: Mode,
  parts: Parts,
  { injectedNs, zeroNs }: Times,
): string {
  const of = (part: Part): string => `host = '${parts[part]}'`;
  const { without, dies, lostShare = 0, clock } = mode;
  const kept = ['true'];
  const hasHost = stream !== 'network_flow';
  if (without && hasHost) kept.push(`NOT ${of(without)}`);
  if (dies && hasHost)
    kept.push(
      `NOT (${of(dies.part)} AND received_ns > ${injectedNs - BigInt(dies.beforeS * 1e9)})`,
    );
  if (lostShare > 0 && !NEVER_LOST.includes(stream)) kept.push(`NOT ${isLost(stream, lostShare)}`);
  const replaced =
    clock && hasHost
      ? INSTANTS.filter((name) => columnsOf(stream).has(name)).map(
          (name) =>
            `CASE WHEN ${of(clock.part)} AND ${name} > 0 THEN ${misreadColumn(name, clock, zeroNs)} ELSE ${name} END AS ${name}`,
        )
      : [];
  const columns = replaced.length === 0 ? '*' : `* REPLACE (${replaced.join(', ')})`;
  return `SELECT ${columns} FROM ${recorded} WHERE ${kept.join(' AND ')}`;
}

/** The same records in every run of the same mode. */
const isLost = (stream: StreamName, share: number): string =>
  `(hash('${stream}', rowid) % 10000 < ${Math.round(share * 10_000)})`;

/** Agents count what they lose: a row for each host and second, as SQL over the recorded tables. */
export function lossesTold(recordedOf: (stream: StreamName) => string, share: number): string {
  const lost = STREAMS.filter(({ name }) => !NEVER_LOST.includes(name) && name !== 'network_flow')
    .map(
      ({ name }) =>
        `SELECT host, received_ns FROM ${recordedOf(name)} WHERE ${isLost(name, share)}`,
    )
    .join(' UNION ALL ');
  return `SELECT host, 0::BIGINT AS time_ns, 'spool' AS place, 'full' AS reason, '' AS probe,
    -1 AS cpu, count(*) AS records, max(received_ns) AS received_ns
    FROM (${lost}) GROUP BY host, received_ns // 1000000000`;
}

const columnsOf = (stream: StreamName): ReadonlySet<string> => {
  const found = STREAMS.find(({ name }) => name === stream);
  return new Set([...Object.keys(found?.agent ?? {}), ...Object.keys(found?.kernel ?? {})]);
};
