/** How many flows live, and how long each level is watched. */
export interface Level {
  readonly flows: number;
  /** Each connection asks and is answered once in so long. */
  readonly everyMs: number;
  /** `--max-flows` of the agent: every flow is kept at the pod's tap and at the uplink. */
  readonly maxFlows: number;
  /** The agent runs and is not watched yet: the compiler of its JavaScript takes as much as a quiet agent at first. */
  readonly settleMs: number;
}

const DEFAULT_FLOWS = 16_384;

const LEVELS: readonly Level[] = [
  { flows: 0, everyMs: 1000, maxFlows: DEFAULT_FLOWS, settleMs: 25_000 },
  { flows: 12, everyMs: 100, maxFlows: DEFAULT_FLOWS, settleMs: 25_000 },
  { flows: 10_000, everyMs: 1000, maxFlows: 32_768, settleMs: 10_000 },
  { flows: 100_000, everyMs: 10_000, maxFlows: 262_144, settleMs: 10_000 },
];

export interface Plan {
  readonly levels: readonly Level[];
  /** CPU, memory and what it sends. */
  readonly costMs: number;
  /** Delays, which cost something to watch; long enough for a sweep of the largest level, which rests for seconds. */
  readonly delayMs: number;
}

export const FULL: Plan = { levels: LEVELS, costMs: 12_000, delayMs: 16_000 };

export const QUICK: Plan = {
  levels: LEVELS.slice(0, -1).map((level) => ({ ...level, settleMs: 3000 })),
  costMs: 4000,
  delayMs: 3000,
};
