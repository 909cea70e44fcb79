/** Full-size packets vanish between two hosts, smaller ones arrive: somewhere the path carries less than they think. */
import { describeFlow } from '../ledgers/flow.js';
import type { AccountRow, Direction, Observations } from '../ledgers/observe.js';
import type { Evidence } from '../incidents/incident.js';
import { evidence } from './finding.js';

/** Every path carries packets of 576 bytes (RFC 791): what vanishes for its size has more payload. */
const LEAST_PAYLOAD = 500;
/** Segments of a flow as large as that, on average, have full-size ones among them. */
const AS_LARGE = 0.9;

export interface SizeLimit {
  /** Mean payload of the segments that vanish and of the largest that arrive. */
  readonly vanishing: number;
  readonly arriving: number;
  readonly evidence: Evidence;
}

const meanPayload = ({ payload_bytes, data_segments }: AccountRow): number =>
  data_segments > 0 ? payload_bytes / data_segments : 0;

const arrivals = ({ account }: Direction): AccountRow | undefined => account.bu ?? account.bp;

/** Of what was sent again and did not arrive; null if all did. */
function vanishing(direction: Direction): number | null {
  const sent = direction.account.au ?? direction.account.ap;
  if (!sent) return null;
  const came = arrivals(direction);
  const segments = sent.retransmitted_segments - (came?.retransmitted_segments ?? 0);
  const bytes = sent.retransmitted_bytes - (came?.retransmitted_bytes ?? 0);
  return segments > 0 ? bytes / segments : null;
}

/**
 * Null unless segments of `direction` vanish for their size, as far as other flows between the same hosts tell: those
 * seen within `withinMs` arrive and are smaller, and of none do small ones vanish.
 */
export function sizeLimit(
  direction: Direction,
  observations: Observations,
  withinMs: number,
): SizeLimit | null {
  const size = vanishing(direction);
  if (size === null || size < LEAST_PAYLOAD) return null;
  const same = [...observations.directions.values()].filter(
    (d) => d.srcHost === direction.srcHost && d.dstHost === direction.dstHost,
  );
  const passing = same.flatMap((d) => {
    const row = arrivals(d);
    return row && row.packets > 0 && row.seen_ms_ago < withinMs ? [row] : [];
  });
  const arriving = Math.max(-1, ...passing.map(meanPayload));
  if (arriving < 0 || arriving >= AS_LARGE * size) return null;
  if (same.some((d) => losesSmall(d, AS_LARGE * size))) return null;
  return {
    vanishing: size,
    arriving,
    evidence: evidence(
      'loss.sizes',
      true,
      `Segments of ${Math.round(size)} bytes of ${describeFlow(direction.flow)} vanish, ` +
        `up to ${Math.round(arriving)} bytes (mean of a flow) arrive at ${direction.dstHost} from ${direction.srcHost} ` +
        `in ${passing.length} flows.`,
      `SELECT * FROM tap_account(${observations.window.fromNs}, ${observations.window.toNs}) WHERE place IN ('au', 'bu')`,
      passing,
    ),
  };
}

/** Something else than its size keeps it away. */
function losesSmall(direction: Direction, size: number): boolean {
  const lost = vanishing(direction);
  const sent = direction.account.au ?? direction.account.ap;
  const synsLost = (sent?.syn_retries ?? 0) > 0 && (arrivals(direction)?.syns ?? 0) === 0;
  return synsLost || (lost !== null && lost < size);
}
