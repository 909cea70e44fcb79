/** Reads the waterfalls of a traced flow (marts/packet_waterfall.sql), the worst or the newest of them. */
import { reversed } from '../ledgers/flow.js';
import type { Window } from '../ledgers/observe.js';
import type { IncidentStore } from './book.js';
import type { FlowKey } from './engine.js';
import { rfc3339, wireFlow } from './wire.js';
import type { Waterfall, WaterfallStep } from './waterfall.js';

/** What tells packets apart are its sequence numbers. */
export const TCP = 6;
export const ORDERS = ['slowest', 'latest'] as const;
type Order = (typeof ORDERS)[number];

export interface Traced {
  /** Segments that every tap had the time to see, and those of them that every tap on their way did see. */
  readonly sampled: number;
  readonly joined: number;
  readonly waterfalls: Waterfall[];
}

interface StepRow {
  readonly sampled: number;
  readonly joined: number;
  readonly segment: number;
  readonly seq: number;
  readonly end_seq: number;
  readonly passage: number;
  readonly sent_at_ns: bigint | number;
  readonly dropped: boolean;
  readonly lost: boolean;
  readonly missing: string[];
  readonly leg: number;
  readonly is_ack: boolean;
  readonly host: string;
  readonly pod: string | null;
  readonly probe: string;
  readonly ifname: string;
  readonly netns: number;
  readonly time_ns: number;
  readonly since_first_us: number;
  readonly wait_us: number | null;
  readonly network_us: number | null;
  readonly packets: number;
  readonly spread_us: number;
  readonly bytes: number;
  readonly backlog_bytes: number;
  readonly drop_reason: string;
  readonly drop_symbol: string;
  readonly matched: string;
  readonly pid: number | null;
  readonly comm: string | null;
  readonly waits: WaterfallStep['waits'];
}

/** A loss is worse than any delay; of delays the longest on one clock counts, to the acknowledgement if that came. */
const WORST_FIRST = 'lost DESC, longest_us DESC, segment';
const NEWEST_FIRST = 'segment DESC';

const chosen = (order: Order, most: number): string => `
WITH
steps AS MATERIALIZED (
  FROM packet_waterfall($src, $src_port::USMALLINT, $dst, $dst_port::USMALLINT, $from::BIGINT, $to::BIGINT)
),
segments AS (
  SELECT segment, any_value(judged) AS judged, any_value(len(missing)) AS missing, any_value(lost) AS lost,
    max(since_first_us) AS longest_us
  FROM steps GROUP BY segment
),
best AS (
  SELECT segment, row_number() OVER () AS turn
  FROM (FROM segments ORDER BY judged DESC, ${order === 'slowest' ? WORST_FIRST : NEWEST_FIRST} LIMIT ${most})
)
SELECT s.*,
  (SELECT count_if(judged) FROM segments) AS sampled,
  (SELECT count_if(judged AND missing = 0) FROM segments) AS joined
FROM steps s JOIN best USING (segment)
ORDER BY turn, step`;

/** @param flow by its true addresses, in the direction of its data. */
export async function traced(
  store: Pick<IncidentStore, 'query'>,
  flow: FlowKey,
  { fromNs, toNs }: Window,
  { order, most }: { readonly order: Order; readonly most: number },
): Promise<Traced> {
  const { src, src_port, dst, dst_port } = flow;
  const rows = (await store.query(chosen(order, most), {
    ...{ src, src_port, dst, dst_port },
    ...{ from: fromNs, to: toNs },
  })) as unknown as StepRow[];
  return {
    sampled: rows[0]?.sampled ?? 0,
    joined: rows[0]?.joined ?? 0,
    waterfalls: [...new Set(rows.map(({ segment }) => segment))].map((segment) =>
      waterfall(
        flow,
        rows.filter((row) => row.segment === segment),
      ),
    ),
  };
}

/** Of a victim's data, or of what came back where nothing of them was traced. */
export async function worst(
  store: Pick<IncidentStore, 'query'>,
  victim: FlowKey,
  window: Window,
): Promise<Waterfall | undefined> {
  if (victim.protocol !== TCP) return undefined;
  for (const flow of [victim, reversed(victim)]) {
    const { waterfalls } = await traced(store, flow, window, { order: 'slowest', most: 1 });
    if (waterfalls[0]) return waterfalls[0];
  }
  return undefined;
}

/** Packets of the flow that some probe's budget left out. */
export async function leftOut(
  store: Pick<IncidentStore, 'query'>,
  { src, src_port, dst, dst_port }: FlowKey,
  { fromNs, toNs }: Window,
): Promise<number> {
  const rows = await store.query(
    `SELECT coalesce(sum(left_out), 0)::INTEGER AS left_out FROM stg_packet($from::BIGINT, $to::BIGINT)
     WHERE src = $src AND src_port = $src_port AND dst = $dst AND dst_port = $dst_port
       AND at_ns BETWEEN $from AND $to`,
    { src, src_port, dst, dst_port, from: fromNs, to: toNs },
  );
  return Number(rows[0]?.['left_out'] ?? 0);
}

function waterfall(flow: FlowKey, rows: readonly StepRow[]): Waterfall {
  const [first] = rows;
  return {
    flow: wireFlow(flow),
    seq: first?.seq ?? 0,
    end_seq: first?.end_seq ?? 0,
    passage: first?.passage ?? 1,
    sent_at: rfc3339(BigInt(first?.sent_at_ns ?? 0)),
    end: endOf(rows),
    missing: first?.missing ?? [],
    steps: rows.map(step),
  };
}

function endOf(rows: readonly StepRow[]): Waterfall['end'] {
  if (rows.some(({ dropped }) => dropped)) return 'dropped';
  if (rows.some(({ lost }) => lost)) return 'lost';
  if (rows.some(({ is_ack, host }) => is_ack && host === rows[0]?.host)) return 'acknowledged';
  return rows.every(({ missing }) => missing.length === 0) ? 'received' : 'unseen';
}

const LEGS = ['out', 'in', 'back'] as const;
const LAYERS: Readonly<Record<string, WaterfallStep['layer']>> = {
  send: 'socket',
  receive: 'socket',
  data_ready: 'socket',
  retransmit: 'tcp',
  qdisc_enqueue: 'qdisc',
  dev_xmit: 'driver',
  netif_rx: 'nic',
  napi_receive: 'nic',
  drop: 'drop',
};

const step = (row: StepRow): WaterfallStep => ({
  host: row.host,
  leg: LEGS[row.leg - 1] ?? 'out',
  layer: LAYERS[row.probe] ?? 'tap',
  probe: row.probe,
  ack: row.is_ack,
  pod: row.pod,
  ifname: row.ifname,
  netns: row.netns,
  time_ns: row.time_ns,
  since_first_us: row.since_first_us,
  wait_us: row.wait_us,
  network_us: row.network_us,
  packets: row.packets,
  spread_us: row.spread_us,
  bytes: row.bytes,
  backlog_bytes: row.backlog_bytes,
  thread: row.pid === null ? null : `${row.comm ?? ''}/${row.pid}`,
  drop_reason: row.drop_reason || null,
  drop_symbol: row.drop_symbol || null,
  matched: row.matched,
  waits: row.waits,
});
