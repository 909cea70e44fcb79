/** Whether what is late is felt: statistics see milliseconds long before a client does. */
import { flowId, reversed } from './flow.js';
import type { AccountRow, Direction, Observations } from './observe.js';
import { rate } from './roles.js';
import type { Lateness } from './delay.js';

/** The slowest in a hundred take as much longer, and twice as long as they did. */
const FELT_TAIL_US = 8000;
const FELT_TAIL_GROWTH = 2;
/** Of the time from one request to the next: who asks again when answered gets that much less done. */
const FELT_SHARE = 0.2;
/** A stream that carries less than this share of what it did. */
const SLOWED = 0.8;

/** Late marks that a client feels: in their tail, in what it gets done, or in what it gets through. */
export function isFelt(late: Lateness, direction: Direction, observations: Observations): boolean {
  const { tailUs, tailBeforeUs, harmUs } = late;
  const growth = tailUs - tailBeforeUs;
  if (growth >= FELT_TAIL_US && tailUs >= FELT_TAIL_GROWTH * tailBeforeUs) return true;
  return slowsDown(harmUs, direction, observations);
}

/** @param harmUs that each request loses on average */
export function slowsDown(
  harmUs: number,
  direction: Direction,
  observations: Observations,
): boolean {
  const cycleUs = usualCycleUs(direction, observations);
  if (cycleUs !== null) return harmUs >= FELT_SHARE * cycleUs;
  const { seconds, baselineSeconds } = observations;
  return rate(direction, seconds) < SLOWED * rate(direction, baselineSeconds, true);
}

/** From one request to the next; null for a stream. */
function usualCycleUs(direction: Direction, observations: Observations): number | null {
  const { seconds, baselineSeconds, directions } = observations;
  const both = [direction, directions.get(flowId(reversed(direction.flow)))];
  const responses = (account: (d: Direction) => Partial<Record<string, AccountRow>>): number =>
    Math.max(
      0,
      ...both.flatMap((d) => (d ? Object.values(account(d)).map((r) => r?.responses ?? 0) : [])),
    );
  const before = responses((d) => d.accountBefore);
  if (before > 0) return (baselineSeconds * 1e6) / before;
  const now = responses((d) => d.account);
  return now > 0 ? (seconds * 1e6) / now : null;
}
