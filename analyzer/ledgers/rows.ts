/** What the marts answer, row by row, and how it is laid out for the rules. */
import type { FlowKey } from '../incidents/engine.js';
import type { Place } from './flow.js';

/** Where the records are. */
export interface Queries {
  query(sql: string): Promise<Record<string, unknown>[]>;
}

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
  readonly src_host?: string | null;
  readonly dst_host?: string | null;
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
  /** Of the device, or of the socket where there was none yet. */
  readonly netns: number;
  readonly reason: string;
  readonly symbol: string;
  /** Of netfilter, where its host could name it. */
  readonly rule: string | null;
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
  /** Of the host's side. */
  readonly ifname: string;
  readonly netns: number;
  readonly present: boolean;
}

/** See marts/misdirected.sql. */
export interface MisdirectedRow {
  readonly host: string;
  readonly dst_host: string;
  readonly dst: string;
  readonly outer_dst: string;
  /** Whose tunnel end that is, if it is anybody's. */
  readonly end_host: string | null;
  /** The tunnel ends of `dst_host`. */
  readonly usual: string;
}

/** See marts/agent_words.sql. */
export interface WordsRow {
  readonly host: string;
  readonly heard_ns: bigint | number;
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
  /** The agent there says nothing any more: what its taps do not tell may have passed them. */
  readonly srcSilent?: boolean;
  readonly dstSilent?: boolean;
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
  readonly misdirected: MisdirectedRow[];
  /** Read only where a name server is under suspicion. */
  readonly dns: DnsRow[];
  readonly dnsBefore: DnsRow[];
  /** Empty where no switch or router exports to the analyzer. */
  readonly linkFlows: LinkFlowRow[];
  /** At the window's end, by address. */
  readonly endpoints: ReadonlyMap<string, EndpointRow>;
  /** Ports that somebody listens on. */
  readonly listening: ReadonlySet<number>;
  /** Hosts whose agent says nothing any more, and when it was last heard of; null: not in the last minute. */
  readonly silent: ReadonlyMap<string, bigint | null>;
  readonly seconds: number;
  /** As far as records reach back within its window. */
  readonly baselineSeconds: number;
}
