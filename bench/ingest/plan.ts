export interface Plan {
  /** Before the fault, so long; all of it is replayed. */
  readonly pastMs: number;
  /** Of each stream. */
  readonly records: number;
  readonly rounds: number;
  /** Replayed together, each a host. */
  readonly agents: readonly number[];
}

export const FULL: Plan = {
  pastMs: 15_000,
  records: 200_000,
  rounds: 5,
  agents: [3, 50, 200, 1000],
};
export const QUICK: Plan = { pastMs: 8000, records: 40_000, rounds: 2, agents: [3, 50] };
