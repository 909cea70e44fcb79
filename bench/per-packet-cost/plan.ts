/** How long and how often. */
export interface Plan {
  /** Attached and not yet timed. */
  readonly settleMs: number;
  readonly sliceMs: number;
  readonly costRounds: number;
  readonly rateRounds: number;
  readonly testRunRounds: number;
}

export const FULL: Plan = {
  settleMs: 150,
  sliceMs: 350,
  costRounds: 8,
  rateRounds: 22,
  testRunRounds: 6,
};

export const QUICK: Plan = {
  settleMs: 100,
  sliceMs: 200,
  costRounds: 2,
  rateRounds: 4,
  testRunRounds: 1,
};
