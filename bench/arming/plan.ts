export interface Plan {
  /** Under each load. */
  readonly triggers: number;
  readonly costRounds: number;
  readonly sliceMs: number;
}

export const FULL: Plan = { triggers: 25, costRounds: 10, sliceMs: 500 };
export const QUICK: Plan = { triggers: 4, costRounds: 2, sliceMs: 400 };
