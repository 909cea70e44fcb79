/** The longest life of a flow that is believed. */
const OLDEST_MS = 7 * 24 * 3600 * 1000;
/** Clocks drift apart: what was the least offset is forgotten after one to two of these. */
const REMEMBERED_MS = 60_000;
/** A clock that falls behind this much was set or began anew. */
const SET_ANEW_MS = 60_000;

/**
 * The analyzer's wall clock minus one of a device. Delay on the way and headers that round down to seconds only add to
 * it, so the least one is the best.
 */
export class ClockOffset {
  #least = Infinity;
  #recent = Infinity;
  #sinceMs = -Infinity;

  observe(theirsMs: number, receivedMs: number): void {
    const offset = receivedMs - theirsMs;
    if (offset - this.#least > SET_ANEW_MS) this.#least = this.#recent = Infinity;
    if (receivedMs - this.#sinceMs > REMEMBERED_MS) {
      this.#least = Math.min(this.#recent, offset);
      this.#recent = Infinity;
      this.#sinceMs = receivedMs;
    }
    this.#recent = Math.min(this.#recent, offset);
    this.#least = Math.min(this.#least, offset);
  }

  toWall(theirsMs: number): number {
    return theirsMs + this.#least;
  }
}

/** Start and end as far as they can be: in order, over, and not of another age. */
export function plausible(
  startMs: number,
  endMs: number,
  receivedMs: number,
): { startMs: number; endMs: number } {
  const end = Math.min(Math.max(endMs, receivedMs - OLDEST_MS), receivedMs);
  return { startMs: Math.min(Math.max(startMs, receivedMs - OLDEST_MS), end), endMs: end };
}
