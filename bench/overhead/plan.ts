/** How long and how often. */
export interface Plan {
  /** Attached and not yet timed. */
  readonly settleMs: number;
  /** One reading of the processors' time, as mpstat's by the second. */
  readonly sliceMs: number;
  readonly rounds: number;
  /** Of slices with the kernel's statistics on. */
  readonly costRounds: number;
  readonly costMs: number;
}

export const FULL: Plan = {
  settleMs: 300,
  sliceMs: 1000,
  rounds: 4,
  costRounds: 4,
  costMs: 300,
};

export const QUICK: Plan = {
  settleMs: 150,
  sliceMs: 700,
  rounds: 1,
  costRounds: 1,
  costMs: 200,
};
