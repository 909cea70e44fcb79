/** Reads the marts for one window and lays the rows out per direction of data. The only room of the ledgers with SQL. */
import type { FlowKey } from '../incidents/engine.js';
import { flowId, flowOf, type Place } from './flow.js';

/** Analyzer wall clock, nanoseconds. */
export interface Window {
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

/** One mark closed by one ACK, microseconds; see marts/mark_split.sql and mark_edges.sql. */
export interface MarkRow extends FlowKey {
  readonly mark: number;
  readonly closing_ack: number;
  /** Analyzer wall clock. */
  readonly at_us: number;
  readonly r_ap: number | null;
  readonly r_au: number | null;
  readonly t_bu: number | null;
  readonly t_bp: number | null;
  readonly au_ns: number | null;
  readonly bu_ns: number | null;
  readonly bp_ns: number | null;
  readonly class: string;
  readonly piggyback: number;
  readonly sender_tx?: number | null;
  readonly receiver_rx?: number | null;
  readonly receiver_tx?: number | null;
  readonly sender_rx?: number | null;
}

/** See marts/tap_account.sql. */
export interface AccountRow extends FlowKey {
  readonly place: Place | 'other';
  readonly host: string;
  readonly src_host: string | null;
  readonly dst_host: string | null;
  readonly src_pod: string | null;
  readonly dst_pod: string | null;
  readonly src_present: boolean;
  readonly dst_present: boolean;
  readonly packets: number;
  readonly wire_bytes: number;
  readonly payload_bytes: number;
  readonly data_segments: number;
  readonly retransmitted_segments: number;
  readonly retransmitted_bytes: number;
  readonly rto_retransmissions: number;
  readonly holes: number;
  readonly zero_windows: number;
  readonly syns: number;
  readonly syn_retries: number;
  readonly syn_acks: number;
  readonly fins: number;
  readonly resets: number;
  readonly responses: number;
  readonly response_mean_us: number | null;
  readonly outstanding_bytes: number | null;
  readonly stuck_ms: number | null;
  /** Age of the request that awaits its answer; 0 if none, or where nobody ever answers. */
  readonly unanswered_ms: number;
  readonly usual_response_us: number;
  /** Since the end of the last sweep interval with a response; null if there was none. */
  readonly answered_ms_ago: number | null;
  /** Since its last packet passed. */
  readonly seen_ms_ago: number;
  readonly seconds: number;
}

/** See marts/sender_time.sql. Times in microseconds; `past_` counts from the connection's beginning. */
export interface SenderTimeRow extends FlowKey {
  readonly host: string;
  readonly comm: string;
  readonly tgid: number;
  readonly span_us: number;
  readonly busy_us: number;
  readonly rwnd_limited_us: number;
  readonly sndbuf_limited_us: number;
  readonly bytes_acked: number;
  readonly srtt_us: number;
  readonly sndbuf: number;
  readonly unsent_bytes: number;
  readonly write_queue_bytes: number;
  readonly looks: number;
  /** Of the looks, and of the time while it was traced: all was sent, a writer waits. */
  readonly starved_share: number;
  readonly traced_starved_share: number | null;
  readonly past_busy_us: number;
  readonly past_rwnd_limited_us: number;
  readonly past_sndbuf_limited_us: number;
  readonly past_bytes_acked: number;
  readonly past_srtt_us: number;
  readonly past_sndbuf: number;
  readonly past_starved_share: number;
}

/** See marts/reader_time.sql. */
export interface ReaderTimeRow extends FlowKey {
  readonly host: string;
  /** Null if nobody read. */
  readonly comm: string | null;
  readonly tgid: number | null;
  /** Of what the buffer offers, over time. */
  readonly unread_share: number;
  readonly unread_bytes: number;
  readonly window_bytes: number;
  readonly rcvbuf: number;
  readonly reads: number;
  readonly span_us: number;
}

export interface RangeRow extends FlowKey {
  readonly place: Place;
  readonly host: string;
  readonly range_bytes: number;
  readonly bytes: number;
  readonly packets: number;
}

export interface WaitRow {
  readonly host: string;
  readonly kind: string;
  readonly start_ns: number;
  readonly end_ns: number;
  readonly pid: number;
  readonly comm: string;
  readonly cgroup: string | null;
  readonly netns: number;
}

export interface WaitCulpritRow {
  readonly host: string;
  readonly kind: string;
  readonly tgid: number;
  readonly comm: string;
  readonly priority: number;
  readonly cgroup: string | null;
  readonly had_cpu_us: number;
  readonly waits: number;
}

export interface QueueRow extends FlowKey {
  readonly host: string;
  readonly ifname: string;
  readonly victim: boolean;
  readonly bytes_ahead: number;
  readonly packets_delayed: number;
}

/** See marts/queue_stays.sql. */
export interface QueueStayRow extends FlowKey {
  readonly host: string;
  readonly ifname: string;
  readonly start_ns: number;
  readonly end_ns: number;
}

export interface DropRow extends FlowKey {
  readonly host: string;
  readonly ifname: string;
  readonly reason: string;
  readonly symbol: string;
  readonly packets: number;
  readonly bytes: number;
}

export interface ChangeRow {
  readonly host: string;
  readonly source: string;
  readonly object: string;
  readonly metric: string;
  readonly unit: string;
  readonly temporality: string;
  readonly value: number;
  readonly least_value: number;
  readonly last_value: number;
}

export interface EndpointRow {
  readonly address: string;
  readonly host: string;
  readonly role: string;
  readonly pod: string | null;
  readonly netns: number;
  readonly present: boolean;
}

/** A DNS query at one place of its path; see marts/dns_passage.sql. */
export interface DnsRow extends FlowKey {
  readonly transaction_id: number;
  readonly query_type: number;
  readonly name: string;
  readonly place: Place;
  readonly host: string;
  /** Analyzer wall clock. */
  readonly begun_us: number;
  /** The longest, from the first question on, up to the answer if there was one. */
  readonly wait_us: number;
  /** Questions asked, not counting repeats before an answer. */
  readonly exchanges: number;
  readonly repeats: number;
  readonly answers: number;
  readonly unreachable: number;
}

/** A flow on a link of the network, by the network's own records; see marts/link_flows.sql. */
export interface LinkFlowRow extends FlowKey {
  readonly exporter: string;
  readonly output_interface: number;
  /** The device does not tell by which interface it came in. */
  readonly one_interface: boolean;
  readonly outer_src: string;
  readonly outer_dst: string;
  readonly src_host: string | null;
  readonly dst_host: string | null;
  readonly src_pod: string | null;
  readonly dst_pod: string | null;
  readonly bytes: number;
}

type Account = Partial<Record<Place, AccountRow>>;

/** Who is at both ends, as far as any agent knows. */
export interface Ends {
  readonly srcHost: string | null;
  readonly dstHost: string | null;
  readonly srcPod: string | null;
  readonly dstPod: string | null;
}

/** What was seen of one direction of data. */
export interface Direction extends Ends {
  readonly flow: FlowKey;
  readonly now: MarkRow[];
  readonly baseline: MarkRow[];
  readonly account: Account;
  readonly accountBefore: Account;
  readonly ranges: Partial<Record<Place, RangeRow>>;
  /** Where a buffer or window ever held the sender. */
  readonly sender?: SenderTimeRow;
  /** While it is armed. */
  readonly reader?: ReaderTimeRow;
}

export interface Observations {
  readonly window: Window;
  readonly baselineWindow: Window;
  readonly directions: ReadonlyMap<string, Direction>;
  readonly waits: WaitRow[];
  readonly waitCulprits: WaitCulpritRow[];
  readonly queue: QueueRow[];
  /** Of the armed flows, at devices besides the uplinks. */
  readonly queueStays: QueueStayRow[];
  readonly drops: DropRow[];
  readonly changes: ChangeRow[];
  /** Read only where a name server is under suspicion. */
  readonly dns: DnsRow[];
  readonly dnsBefore: DnsRow[];
  /** Empty where no switch or router exports to the analyzer. */
  readonly linkFlows: LinkFlowRow[];
  /** At the window's end, by address. */
  readonly endpoints: ReadonlyMap<string, EndpointRow>;
  /** Ports that somebody listens on. */
  readonly listening: ReadonlySet<number>;
  readonly seconds: number;
  /** As far as records reach back within its window. */
  readonly baselineSeconds: number;
}

export interface Queries {
  query(sql: string): Promise<Record<string, unknown>[]>;
}

/** Residences shorter than this are no queue. */
const LEAST_RESIDENCE_US = 300;

/** Until a query without an answer is told of as such (1 s), swept (0.5 s) and received. */
export const DNS_SETTLED_NS = 1_800_000_000n;
/** What is usual of a name server shows in less than the whole baseline. */
const DNS_BASELINE_NS = 10_000_000_000n;

const call = (mart: string, { fromNs, toNs }: Window, ...more: (number | bigint)[]): string =>
  `${mart}(${[`${fromNs}::BIGINT`, `${toNs}::BIGINT`, ...more].join(', ')})`;

export async function observe(
  store: Queries,
  window: Window,
  baselineWindow: Window,
  withDns: boolean,
): Promise<Observations> {
  // Sums of numbers with fractions and bootstraps depend on the order of rows.
  const rows = async <T>(sql: string): Promise<T[]> =>
    (await store.query(`${sql} ORDER BY ALL`)) as T[];
  const [marks, before, account, accountBefore, ranges, senders, readers] = await Promise.all([
    rows<MarkRow>(`SELECT * FROM ${call('mark_edges', window)}`),
    rows<MarkRow>(`SELECT * FROM ${call('mark_baseline', baselineWindow)}`),
    rows<AccountRow>(`SELECT * FROM ${call('tap_account', window)}`),
    rows<AccountRow>(`SELECT * FROM ${call('tap_account', baselineWindow)}`),
    rows<RangeRow>(`SELECT * FROM ${call('tap_ranges', window)}`),
    rows<SenderTimeRow>(`SELECT * FROM ${call('sender_time', window, baselineWindow.toNs)}`),
    rows<ReaderTimeRow>(`SELECT * FROM ${call('reader_time', window)}`),
  ]);
  const [endpoints, listening, exported] = await Promise.all([
    rows<EndpointRow>(
      `SELECT *, lost_ns > ${window.toNs} AS present FROM stg_owner
       WHERE from_ns <= ${window.toNs} AND until_ns > ${window.toNs}`,
    ),
    rows<{ port: number }>(
      'SELECT DISTINCT src_port AS port FROM socket_owner WHERE tcp_state = 10',
    ),
    rows<{ any: boolean }>(
      `SELECT count(*) > 0 AS any FROM network_flow WHERE received_ns >= ${window.fromNs}`,
    ),
  ]);
  const dns = (from: Window): Promise<DnsRow[]> | DnsRow[] =>
    withDns ? rows<DnsRow>(`SELECT * FROM ${call('dns_passage', from)}`) : [];
  const [
    waits,
    waitCulprits,
    queue,
    queueStays,
    drops,
    changes,
    reach,
    dnsNow,
    dnsBefore,
    linkFlows,
  ] = await Promise.all([
    rows<WaitRow>(`SELECT * FROM ${call('thread_waits', window)}`),
    rows<WaitCulpritRow>(`SELECT * FROM ${call('wait_culprits', window)}`),
    marks.some(stoodInQueue)
      ? rows<QueueRow>(`SELECT * FROM ${call('queue_composition', window, LEAST_RESIDENCE_US)}`)
      : [],
    rows<QueueStayRow>(`SELECT * FROM ${call('queue_stays', window, LEAST_RESIDENCE_US)}`),
    rows<DropRow>(`SELECT * FROM ${call('drops', window)}`),
    rows<ChangeRow>(`SELECT * FROM ${call('host_changes', window)}`),
    rows<{ from_ns: bigint | number | null }>(
      `SELECT min(f.interval_start_ns + c.offset_ns) AS from_ns
       FROM flow_interval f JOIN host_clock c ON c.host = f.host
       WHERE f.received_ns BETWEEN ${baselineWindow.fromNs} AND ${baselineWindow.toNs}`,
    ),
    dns({ fromNs: window.fromNs - DNS_SETTLED_NS, toNs: window.toNs }),
    dns({ fromNs: baselineWindow.toNs - DNS_BASELINE_NS, toNs: baselineWindow.toNs }),
    exported[0]?.any ? rows<LinkFlowRow>(`SELECT * FROM ${call('link_flows', window)}`) : [],
  ]);
  const oldestNs = BigInt(reach[0]?.from_ns ?? baselineWindow.toNs);
  return {
    window,
    baselineWindow,
    directions: byDirection(
      { marks, before, account, accountBefore, ranges, senders, readers },
      endpoints,
    ),
    ...{
      waits,
      waitCulprits,
      queue,
      queueStays,
      drops,
      changes,
      dns: dnsNow,
      dnsBefore,
      linkFlows,
    },
    endpoints: new Map(endpoints.map((e) => [e.address, e])),
    listening: new Set(listening.map((l) => l.port)),
    seconds: seconds(window),
    baselineSeconds: Math.min(
      seconds(baselineWindow),
      seconds({ fromNs: oldestNs, toNs: baselineWindow.toNs }),
    ),
  };
}

/** Of such marks alone the mart tells; it joins all edges once more. */
const stoodInQueue = ({ sender_tx, receiver_tx }: MarkRow): boolean =>
  Math.max(sender_tx ?? 0, receiver_tx ?? 0) > LEAST_RESIDENCE_US;

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

function byDirection(
  { marks, before, account, accountBefore, ranges, senders, readers }: Rows,
  endpoints: readonly EndpointRow[],
): Map<string, Direction> {
  const owner = new Map(endpoints.map((e) => [e.address, e]));
  const sender = new Map(senders.map((row) => [flowId(row), row]));
  const reader = new Map(readers.map((row) => [flowId(row), row]));
  const directions = new Map<string, Direction>();
  const at = (flow: FlowKey): Direction => {
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
  for (const row of account) if (row.place !== 'other') at(row).account[row.place] = row;
  for (const row of accountBefore)
    if (row.place !== 'other') at(row).accountBefore[row.place] = row;
  for (const row of ranges) at(row).ranges[row.place] = row;
  return new Map(
    [...directions].map(([id, direction]) => {
      const [sends, reads] = [sender.get(id), reader.get(id)];
      const sockets = { ...(sends && { sender: sends }), ...(reads && { reader: reads }) };
      return [id, { ...withOwners(direction), ...sockets }];
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
