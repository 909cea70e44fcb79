/** Reads the marts for one window and lays the rows out per direction of data. With `past.ts` the only room of the ledgers with SQL. */
import type { FlowKey } from '../incidents/engine.js';
import { flowId, flowOf, isDns, reversed } from './flow.js';
import { Past } from './past.js';
import type {
  AccountRow,
  ChangeRow,
  Direction,
  DnsRow,
  DropRow,
  EndpointRow,
  LinkFlowRow,
  MarkRow,
  MisdirectedRow,
  Observations,
  Queries,
  QueueRow,
  QueueStayRow,
  RangeRow,
  ReaderTimeRow,
  SenderTimeRow,
  WaitCulpritRow,
  WaitRow,
  Window,
  WordsRow,
} from './rows.js';
import { addAccount, addRange, foldingOf } from './short-connections.js';

export type * from './rows.js';

/** Residences shorter than this are no queue. */
const LEAST_RESIDENCE_US = 300;

/** Until a query without an answer is told of as such (1 s), swept (0.5 s) and received. */
export const DNS_SETTLED_NS = 1_800_000_000n;
/** An agent that traces sends two or three times a second: of one that was last heard of earlier nobody knows. */
const SILENT_NS = 1_000_000_000n;
const HEARD_WITHIN_NS = 60_000_000_000n;
/** What is usual of a name server shows in less than the whole baseline. */
const DNS_BASELINE_NS = 10_000_000_000n;

/** @param past of the same case, if it was looked at before. */
export async function observe(
  store: Queries,
  window: Window,
  baselineWindow: Window,
  flows: readonly FlowKey[],
  past = new Past(),
): Promise<Observations> {
  // Bootstraps depend on the order of rows.
  const rows = async <T>(sql: string): Promise<T[]> =>
    (await store.query(`${sql} ORDER BY ALL`)) as T[];
  const mart = <T>(
    name: string,
    over: Window,
    ...more: (number | bigint | string)[]
  ): Promise<T[]> =>
    rows<T>(`SELECT * FROM ${name}(${[over.fromNs, over.toNs, ...more].join(', ')})`);
  const dns = (over: Window): Promise<DnsRow[]> | DnsRow[] =>
    flows.some(isDns) ? mart<DnsRow>('dns_passage', over) : [];
  const { marks, told, ...first } = await all({
    marks: mart<MarkRow>('mark_edges', window),
    told: rows<Told>(toldSince(window.fromNs)),
    account: mart<AccountRow>('tap_account', window),
    ranges: mart<RangeRow>('tap_ranges', window),
    endpoints: rows<EndpointRow>(
      `SELECT *, lost_ns > ${window.toNs} AS present FROM stg_owner
       WHERE from_ns <= ${window.toNs} AND until_ns > ${window.toNs}`,
    ),
    listening: rows<{ port: number }>(
      'SELECT DISTINCT src_port AS port FROM socket_owner WHERE tcp_state = 10',
    ),
    past: past.read(store, baselineWindow),
    words: mart<WordsRow>('agent_words', {
      fromNs: window.toNs - HEARD_WITHIN_NS,
      toNs: window.toNs,
    }),
  });
  const { senders: hasSenders, queues: hasQueues, records: hasRecords } = told[0] ?? NOTHING_TOLD;
  const stays = staysIn(marks);
  const { senders, readers, ...more } = await all({
    senders: hasSenders ? mart<SenderTimeRow>('sender_time', window, baselineWindow.toNs) : [],
    readers: mart<ReaderTimeRow>('reader_time', window),
    waits: mart<WaitRow>('thread_waits', window),
    waitCulprits: mart<WaitCulpritRow>('wait_culprits', window),
    queue: stays === null ? [] : mart<QueueRow>('queue_ahead', window, stays),
    queueStays: hasQueues ? mart<QueueStayRow>('queue_stays', window, LEAST_RESIDENCE_US) : [],
    drops: mart<DropRow>('drops', window),
    changes: mart<ChangeRow>('host_changes', window),
    misdirected: isSentAgain(first.account) ? mart<MisdirectedRow>('misdirected', window) : [],
    dns: dns({ fromNs: window.fromNs - DNS_SETTLED_NS, toNs: window.toNs }),
    dnsBefore: dns({ fromNs: baselineWindow.toNs - DNS_BASELINE_NS, toNs: baselineWindow.toNs }),
    linkFlows: hasRecords ? mart<LinkFlowRow>('link_flows', window) : [],
  });
  const { endpoints, listening, words, past: usual, ...ofFlows } = first;
  const silent = silentHosts(words, endpoints, window);
  return {
    window,
    baselineWindow,
    directions: byDirection({ marks, ...usual, ...ofFlows, senders, readers }, endpoints, {
      flows,
      silent,
    }),
    ...more,
    silent,
    endpoints: new Map(endpoints.map((e) => [e.address, e])),
    listening: new Set(listening.map((l) => l.port)),
    seconds: seconds(window),
    baselineSeconds: Math.min(
      seconds(baselineWindow),
      seconds({ ...baselineWindow, fromNs: usual.reachesNs ?? baselineWindow.toNs }),
    ),
  };
}

function silentHosts(
  words: readonly WordsRow[],
  endpoints: readonly EndpointRow[],
  { toNs }: Window,
): Map<string, bigint | null> {
  const heard = new Map(words.map(({ host, heard_ns }) => [host, BigInt(heard_ns)]));
  const hosts = new Set([...heard.keys(), ...endpoints.map(({ host }) => host)]);
  return new Map(
    [...hosts]
      .map((host) => [host, heard.get(host) ?? null] as const)
      .filter(([, lastNs]) => lastNs === null || lastNs < toNs - SILENT_NS),
  );
}

/** Waits for all that was asked, whatever it is called. */
async function all<T extends object>(asked: T): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  const answered = Object.entries(asked).map(
    async ([name, answer]: [string, unknown]) => [name, await answer] as const,
  );
  return Object.fromEntries(await Promise.all(answered)) as { [K in keyof T]: Awaited<T[K]> };
}

/** Whether there is anything for the marts that few faults need. */
interface Told {
  readonly senders: boolean;
  readonly queues: boolean;
  readonly records: boolean;
}

const NOTHING_TOLD: Told = { senders: false, queues: false, records: false };

const toldSince = (fromNs: bigint): string => `SELECT
  EXISTS (FROM socket_time WHERE received_ns >= ${fromNs}) AS senders,
  EXISTS (FROM packet_event WHERE received_ns >= ${fromNs} AND probe = 'qdisc_enqueue' AND tap_role = 'none') AS queues,
  EXISTS (FROM network_flow WHERE received_ns >= ${fromNs}) AS records`;

/** Whoever is told of a packet's wrong way has seen it sent again. */
const isSentAgain = (account: readonly AccountRow[]): boolean =>
  account.some((row) => row.retransmitted_segments > 0 || row.syn_retries > 0);

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** The newest hundred tell as much as all. */
const MOST_STAYS = 100;

/** In the queues of uplinks, for the mart queue_ahead; null if no mark waited in one. Monotonic nanoseconds fit a number. */
function staysIn(marks: readonly MarkRow[]): string | null {
  const forward = marks.map((m) => ({
    flow: m,
    host: m.src_host,
    start: m.au_ns,
    us: m.sender_tx,
  }));
  const back = marks.map((m) => ({
    ...{ flow: reversed(m), host: m.dst_host, us: m.receiver_tx },
    start: m.bu_ns !== null && m.t_bu !== null ? Math.round(m.bu_ns + m.t_bu * 1000) : null,
  }));
  const stays = [...forward, ...back].flatMap(({ flow, host, start, us }) =>
    host && start !== null && us && us > LEAST_RESIDENCE_US
      ? [{ flow, host, start, end: Math.round(start + us * 1000) }]
      : [],
  );
  if (stays.length === 0) return null;
  const newest = stays.sort((a, b) => b.start - a.start).slice(0, MOST_STAYS);
  const literals = newest.map(
    ({ flow: { src, src_port, dst, dst_port }, host, start, end }) =>
      `{host: ${text(host)}, src: ${text(src)}, src_port: ${src_port}, dst: ${text(dst)}, ` +
      `dst_port: ${dst_port}, start_ns: ${start}, end_ns: ${end}}`,
  );
  return `[${literals.join(', ')}]`;
}

const seconds = ({ fromNs, toNs }: Window): number => Number(toNs - fromNs) / 1e9;

interface Rows {
  readonly marks: readonly MarkRow[];
  readonly before: readonly MarkRow[];
  readonly account: readonly AccountRow[];
  readonly accountBefore: readonly AccountRow[];
  readonly ranges: readonly RangeRow[];
  readonly senders: readonly SenderTimeRow[];
  readonly readers: readonly ReaderTimeRow[];
}

interface Asked {
  readonly flows: readonly FlowKey[];
  /** Hosts whose agents have not been heard of lately. */
  readonly silent: ReadonlyMap<string, unknown>;
}

function byDirection(
  { marks, before, account, accountBefore, ranges, senders, readers }: Rows,
  endpoints: readonly EndpointRow[],
  { flows, silent }: Asked,
): Map<string, Direction> {
  const owner = new Map(endpoints.map((e) => [e.address, e]));
  const sender = new Map(senders.map((row) => [flowId(row), row]));
  const reader = new Map(readers.map((row) => [flowId(row), row]));
  const directions = new Map<string, Direction>();
  const folding = foldingOf(account, accountBefore, flows);
  const at = (own: FlowKey): Direction => {
    const flow = folding(own);
    const id = flowId(flow);
    let direction = directions.get(id);
    if (!direction) {
      direction = emptyDirection(flow, owner.get(flow.src), owner.get(flow.dst));
      directions.set(id, direction);
    }
    return direction;
  };
  for (const row of marks) at(row).now.push(row);
  for (const row of before) at(row).baseline.push(row);
  for (const row of account) addAccount(at(row).account, row);
  for (const row of accountBefore) addAccount(at(row).accountBefore, row);
  for (const row of ranges) addRange(at(row).ranges, row);
  return new Map(
    [...directions].map(([id, direction]) => {
      const [sends, reads] = [sender.get(id), reader.get(id)];
      const sockets = { ...(sends && { sender: sends }), ...(reads && { reader: reads }) };
      return [id, { ...withSilence(withOwners(direction), silent), ...sockets }];
    }),
  );
}

/** Whoever had the addresses while the flow was seen, not who has them at the window's end. */
function withOwners(direction: Direction): Direction {
  const rows = Object.values(direction.account);
  const row = rows.find((r) => r.src_host !== null && r.dst_host !== null) ?? rows[0];
  if (!row) return direction;
  return {
    ...direction,
    srcHost: row.src_host,
    dstHost: row.dst_host,
    srcPod: row.src_pod,
    dstPod: row.dst_pod,
  };
}

function withSilence(direction: Direction, silent: ReadonlyMap<string, unknown>): Direction {
  const isSilent = (host: string | null): boolean => host !== null && silent.has(host);
  return {
    ...direction,
    ...(isSilent(direction.srcHost) && { srcSilent: true }),
    ...(isSilent(direction.dstHost) && { dstSilent: true }),
  };
}

function emptyDirection(
  flow: FlowKey,
  source: EndpointRow | undefined,
  target: EndpointRow | undefined,
): Direction {
  return {
    flow: flowOf(flow),
    srcHost: source?.host ?? null,
    dstHost: target?.host ?? null,
    srcPod: source?.pod ?? null,
    dstPod: target?.pod ?? null,
    now: [],
    baseline: [],
    account: {},
    accountBefore: {},
    ranges: {},
  };
}
