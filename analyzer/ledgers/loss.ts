/**
 * The loss ledger: conservation of payload bytes over the taps of one direction. The first edge with a deficit owns
 * the loss. Traced sequence ranges are exact; without them the taps' counters of re-sends and holes are used.
 */
import type { FlowKey } from '../incidents/engine.js';
import type { Place } from './flow.js';
import { PLACES } from './flow.js';
import type { Direction, Ends } from './observe.js';

/** Between two taps, or behind the last one; `unseen` where no agent tells of the other end, so that it may be any. */
export type LossEdge = 'sender_host' | 'network' | 'receiver_host' | 'unseen';

const EDGE_BEHIND: Record<string, LossEdge> = {
  'ap>au': 'sender_host',
  'au>bu': 'network',
  'bu>bp': 'receiver_host',
  'ap>bp': 'sender_host',
  'ap>bu': 'network',
  'au>bp': 'network',
};

export interface LossLedger {
  readonly direction: Direction;
  /** Segments sent again, as the first tap of the path counts them; datagrams, which are not, that went missing. */
  readonly resent: number;
  readonly segments: number;
  readonly timeouts: number;
  readonly edge: LossEdge | null;
  /** Segments (or traced bytes over the segment size) missing at the edge. */
  readonly lostSegments: number;
  readonly source: 'ranges' | 'counters';
  readonly perTap: {
    place: Place;
    host: string;
    segments: number;
    resent: number;
    holes: number;
  }[];
}

const UDP = 17;

export const isDatagrams = ({ protocol }: FlowKey): boolean => protocol === UDP;

const TYPICAL_SEGMENT_BYTES = 1400;
/** Sweeps of two hosts do not end at the same moment: one segment of several is no deficit. */
const CERTAIN_DEFICIT = 2;
const EXPLAINED = 0.5;

export function lossLedger(direction: Direction): LossLedger {
  const perTap = PLACES.flatMap((place) => {
    const row = direction.account[place];
    return row && !isSilent(direction, place)
      ? [
          {
            place,
            host: row.host,
            segments: row.data_segments,
            resent: row.retransmitted_segments,
            holes: row.holes,
          },
        ]
      : [];
  });
  const first = perTap[0];
  const located = locateByRanges(direction) ?? locateByCounters(perTap);
  return {
    direction,
    resent: isDatagrams(direction.flow) ? (located?.lost ?? 0) : (first?.resent ?? 0),
    segments: first?.segments ?? 0,
    timeouts: direction.account[first?.place ?? 'ap']?.rto_retransmissions ?? 0,
    edge: located?.edge ?? (first && endsUnseen(direction, first.place) ? 'unseen' : null),
    lostSegments: located?.lost ?? 0,
    source: located?.source ?? 'counters',
    perTap,
  };
}

interface Located {
  readonly edge: LossEdge;
  readonly lost: number;
  readonly source: 'ranges' | 'counters';
}

export const edgeBehind = (from: Place, to: Place): LossEdge =>
  EDGE_BEHIND[`${from}>${to}`] ?? 'network';

function locateByRanges(direction: Direction): Located | null {
  const { ranges, account } = direction;
  const telling = PLACES.filter((place) => !isSilent(direction, place));
  const seen = telling.flatMap((place) => (ranges[place] ? [{ place, row: ranges[place] }] : []));
  const first = seen[0];
  if (!first) return null;
  const expected = telling.filter((place) => ranges[place] ?? account[place]);
  const size = Math.min(TYPICAL_SEGMENT_BYTES, first.row.bytes / Math.max(1, first.row.packets));
  return largestDeficit(
    expected.map((place) => ({ place, amount: (ranges[place]?.bytes ?? 0) / Math.max(1, size) })),
    'ranges',
  );
}

/**
 * A tap behind the loss sees a hole and its filling, or (the last segment lost) the re-send as new data; a tap
 * before it sees the segment twice. So what a tap saw twice is its re-sends less its holes.
 */
function locateByCounters(
  perTap: readonly { place: Place; resent: number; holes: number }[],
): Located | null {
  const found = largestDeficit(
    perTap.map(({ place, resent, holes }) => ({ place, amount: Math.max(0, resent - holes) })),
    'counters',
  );
  const explained = Math.min(CERTAIN_DEFICIT, EXPLAINED * (perTap[0]?.resent ?? 0));
  return found && found.lost >= explained ? found : null;
}

function largestDeficit(
  amounts: readonly { place: Place; amount: number }[],
  source: Located['source'],
): Located | null {
  let best: Located | null = null;
  for (let i = 1; i < amounts.length; i++) {
    const before = amounts[i - 1];
    const after = amounts[i];
    if (!before || !after) continue;
    const lost = before.amount - after.amount;
    if (lost >= 1 && lost > (best?.lost ?? 0))
      best = { edge: edgeBehind(before.place, after.place), lost, source };
  }
  return best;
}

/** The edge after which nothing of the direction arrives any more, for stuck data and unanswered SYNs. */
export function deadEdge(
  direction: Direction,
  count: (place: Place) => number,
): { edge: LossEdge | 'receiver_pod'; last: Place } | null {
  // What a later tap saw has passed those before it, whatever became of their records.
  const last = PLACES.filter((place) => direction.account[place] && count(place) > 0).at(-1);
  if (!last) return null;
  const next = PLACES.slice(PLACES.indexOf(last) + 1).find((p) => isExpected(direction, p));
  if (next) return { edge: edgeBehind(last, next), last };
  return { edge: endsUnseen(direction, last) ? 'unseen' : 'receiver_pod', last };
}

const isNear = (place: Place): boolean => place === 'ap' || place === 'au';

const isSilent = ({ srcSilent, dstSilent }: Ends, place: Place): boolean =>
  (isNear(place) ? srcSilent : dstSilent) ?? false;

/** Of one of its ends no agent tells. */
export const isUnwatched = ({ srcHost, dstHost, srcSilent, dstSilent }: Ends): boolean =>
  srcHost === null || dstHost === null || srcSilent === true || dstSilent === true;

/** What was last seen on its own host has an end before it of which no agent tells. */
export const endsUnseen = ({ dstHost, dstSilent }: Ends, last: Place): boolean =>
  isNear(last) && (dstHost === null || dstSilent === true);

/** What was first seen on the host that it is for comes from where no agent tells. */
export const beginsUnseen = ({ srcHost, srcSilent }: Ends, first: Place): boolean =>
  !isNear(first) && (srcHost === null || srcSilent === true);

/** A tap that this direction should pass: its host has an agent that speaks and the address says pod or host. */
export function isExpected(ends: Ends, place: Place): boolean {
  if (isSilent(ends, place)) return false;
  const { srcHost, dstHost, srcPod, dstPod } = ends;
  const local = srcHost !== null && srcHost === dstHost;
  if (place === 'ap') return srcPod !== null;
  if (place === 'bp') return dstPod !== null;
  if (local) return false;
  return place === 'au' ? srcHost !== null : dstHost !== null;
}
