const FIRST_SLOTS = 256;

/** The states of many small tests in one array: a tenth of what as many objects would take. */
export class Slots {
  /** Grows: read it anew after `take`. */
  data: Float64Array;
  readonly #free: number[] = [];
  #end = 0;

  constructor(
    private readonly width: number,
    private readonly most: number,
  ) {
    this.data = new Float64Array(Math.min(FIRST_SLOTS, most) * width);
  }

  /** Where a state of zeros begins; -1 when there are as many as may be. */
  take(): number {
    const free = this.#free.pop();
    if (free !== undefined) {
      this.data.fill(0, free, free + this.width);
      return free;
    }
    if (this.#end >= this.most * this.width) return -1;
    const at = this.#end;
    this.#end += this.width;
    if (this.#end > this.data.length) this.#grow();
    return at;
  }

  give(at: number): void {
    this.#free.push(at);
  }

  #grow(): void {
    const larger = new Float64Array(Math.min(this.data.length * 2, this.most * this.width));
    larger.set(this.data);
    this.data = larger;
  }
}
