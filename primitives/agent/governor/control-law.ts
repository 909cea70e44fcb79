/** How much less of what is done to stay within a share of a processor. */

export interface ShedStep {
  readonly task: string;
  /** The task runs so many times less often. */
  readonly stretch: number;
}

/** The least valuable for a verdict comes first; decision 19 says why. */
export const SHED_STEPS: readonly ShedStep[] = [
  { task: 'owners', stretch: 4 },
  { task: 'counters', stretch: 4 },
  { task: 'sweep', stretch: 2 },
  { task: 'sweep', stretch: 4 },
  { task: 'sweep', stretch: 8 },
];

/** Periods above the budget before another step is taken: one may be a burst. */
const IMPATIENCE = 2;
/** Of the budget: below it a step is taken back. */
const ROOM = 0.6;
/** Periods with room before a step is taken back, and at most that many where that proved too soon. */
const PATIENCE = 6;
const MOST_PATIENCE = 96;

/** Told of each period's cost it takes a step at a time, and back only when that is likely to last. */
export class ControlLaw {
  #steps = 0;
  #above = 0;
  #below = 0;
  #patience = PATIENCE;
  /** Periods since a step was taken back. */
  #sinceBack = Infinity;

  /** @param budget share of one processor. */
  constructor(readonly budget: number) {}

  get steps(): number {
    return this.#steps;
  }

  /** @param cost of a period, as a share of one processor. */
  observe(cost: number): void {
    this.#sinceBack++;
    this.#above = cost > this.budget ? this.#above + 1 : 0;
    this.#below = cost < ROOM * this.budget ? this.#below + 1 : 0;
    if (this.#above >= IMPATIENCE) this.#shed();
    else if (this.#below >= this.#patience) this.#takeBack();
  }

  /** Of a task at present: it runs so many times less often. */
  stretch(task: string): number {
    return SHED_STEPS.slice(0, this.#steps).reduce(
      (most, step) => (step.task === task ? step.stretch : most),
      1,
    );
  }

  #shed(): void {
    this.#above = 0;
    if (this.#steps === SHED_STEPS.length) return;
    const tooSoon = this.#sinceBack <= this.#patience;
    this.#patience = tooSoon ? Math.min(2 * this.#patience, MOST_PATIENCE) : PATIENCE;
    this.#steps++;
  }

  #takeBack(): void {
    this.#below = 0;
    if (this.#steps === 0) return;
    this.#sinceBack = 0;
    this.#steps--;
  }
}
