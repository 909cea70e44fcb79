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

/** Periods whose mean must be above the budget: sweeps of a large table fall into one and not into the next. */
const IMPATIENCE = 4;
/** Of the budget: below it a step is taken back. */
const ROOM = 0.6;
/** Periods whose mean must leave room before a step is taken back, and at most that many where that proved too soon. */
const PATIENCE = 6;
const MOST_PATIENCE = 96;

/** Told of each period's cost it takes a step at a time, and back only when that is likely to last. */
export class ControlLaw {
  #steps = 0;
  /** Of the periods since the last step, either way. */
  #costs: number[] = [];
  #patience = PATIENCE;
  /** Periods since a step was taken back. */
  #sinceBack = Infinity;

  /** @param budget share of one processor. */
  constructor(private readonly budget: number) {}

  get steps(): number {
    return this.#steps;
  }

  /** @param cost of a period, as a share of one processor; answers the mean of the last few, NaN so soon after a step. */
  observe(cost: number): number {
    this.#sinceBack++;
    this.#costs = [...this.#costs, cost].slice(-MOST_PATIENCE);
    const mean = this.#mean(IMPATIENCE);
    if (mean > this.budget) this.#shed();
    else if (this.#mean(this.#patience) < ROOM * this.budget) this.#takeBack();
    return mean;
  }

  /** Of a task at present: it runs so many times less often. */
  stretch(task: string): number {
    return SHED_STEPS.slice(0, this.#steps).reduce(
      (most, step) => (step.task === task ? step.stretch : most),
      1,
    );
  }

  /** NaN while there are fewer. */
  #mean(periods: number): number {
    if (this.#costs.length < periods) return NaN;
    return this.#costs.slice(-periods).reduce((sum, cost) => sum + cost, 0) / periods;
  }

  #shed(): void {
    if (this.#steps === SHED_STEPS.length) return;
    const tooSoon = this.#sinceBack <= this.#patience;
    this.#patience = tooSoon ? Math.min(2 * this.#patience, MOST_PATIENCE) : PATIENCE;
    this.#steps++;
    this.#costs = [];
  }

  #takeBack(): void {
    if (this.#steps === 0) return;
    this.#sinceBack = 0;
    this.#steps--;
    this.#costs = [];
  }
}
