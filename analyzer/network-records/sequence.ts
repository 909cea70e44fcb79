/** A larger gap is a device that began to count anew. */
const LARGEST_GAP = 1_000_000;

/** Finds what was lost on the way by the numbers that a device gives to what it sends. */
export class Sequence {
  #expected: number | null = null;

  /**
   * Answers how many units are missing before `number`, and less than none for those that come late.
   * @param units that this datagram carries; null if that is not known.
   */
  take(number: number, units: number | null): number {
    const gap = this.#expected === null ? 0 : (number - this.#expected) >>> 0;
    const isLate = gap > 2 ** 32 - LARGEST_GAP;
    if (isLate) return -(units ?? 0);
    this.#expected = units === null ? null : (number + units) >>> 0;
    return gap <= LARGEST_GAP ? gap : 0;
  }
}
