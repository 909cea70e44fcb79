/** Reads what the flight recorders of the taps kept of a flow from before a trigger. */
import type { IncidentStore } from './book.js';
import type { FlowKey } from './engine.js';
import type { BeforeTrigger, FlightEntry } from './flight.js';
import { wireFlow } from './wire.js';

/** Taps keep some 31 entries a flow. */
const LOOK_BACK_NS = 10_000_000_000n;
const MOST_ENTRIES = 60;

interface FlightRow {
  readonly host: string;
  readonly pod: string | null;
  readonly before_ns: number;
  readonly back: boolean;
  readonly kind: FlightEntry['kind'];
  readonly value: number;
}

const ENTRIES = `
FROM (
  SELECT host, pod, ($at::BIGINT - at_ns)::DOUBLE AS before_ns, src <> $src OR src_port <> $src_port AS back,
    kind, value, ifindex
  FROM stg_flight($from::BIGINT, $at::BIGINT)
  WHERE protocol = $protocol
    AND ((src = $src AND src_port = $src_port AND dst = $dst AND dst_port = $dst_port)
      OR (src = $dst AND src_port = $dst_port AND dst = $src AND dst_port = $src_port))
  ORDER BY before_ns, host, ifindex, back, kind, value LIMIT ${MOST_ENTRIES}
)
SELECT * ORDER BY before_ns DESC, host, ifindex, back, kind, value`;

/** Of the first of the flows, by their true addresses, that any tap told of. */
export async function beforeTrigger(
  store: Pick<IncidentStore, 'query'>,
  flows: readonly FlowKey[],
  atNs: bigint,
): Promise<BeforeTrigger | undefined> {
  for (const flow of flows) {
    const { src, src_port, dst, dst_port, protocol } = flow;
    const rows = (await store.query(ENTRIES, {
      ...{ src, src_port, dst, dst_port, protocol },
      ...{ from: atNs - LOOK_BACK_NS, at: atNs },
    })) as unknown as FlightRow[];
    if (rows.length > 0) return { flow: wireFlow(flow), entries: rows.map(entryOf) };
  }
  return undefined;
}

const entryOf = ({ host, pod, before_ns, back, kind, value }: FlightRow): FlightEntry => ({
  ...{ host, pod, before_us: Math.round(before_ns / 1000), back },
  ...{ kind, value, unit: UNITS[kind] ?? 'count' },
});

const UNITS: Readonly<Partial<Record<FlightEntry['kind'], string>>> = {
  rtt: 'us',
  response: 'us',
  handshake: 'us',
  stall: 'us',
  silence: 'us',
  retransmission: 'segments',
  fast_retransmission: 'segments',
  rto: 'segments',
  overtaken: 'segments',
  hole: 'bytes',
  window_open: 'bytes',
  window_small: 'bytes',
  window_shut: 'bytes',
};
