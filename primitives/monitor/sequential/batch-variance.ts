/**
 * How much scores depend on each other: the variance of the sums of batches of them over the batches' length is 1 for
 * independent scores and more for dependent ones. A state lies at `at` in an array of states.
 */

/** Scores in a batch, eight seconds of sweeps, and batches that are remembered, nine minutes. */
const BATCH = 16;
const BATCHES = 64;
/** Before any batch is seen: as many with that variance. */
const PRIOR_BATCHES = 4;
const PRIOR_VARIANCE = 3;

const SUM = 0;
const FILLED = 1;
const VARIANCE = 2;
const KNOWN = 3;
const HELD = 4;
const HELD_SQUARES = 5;
export const VARIANCE_WIDTH = 6;

/** 1 at least. */
export const varianceOf = (state: Float64Array, at: number): number =>
  Math.max(1, state[at + VARIANCE] ?? 1);

export function beginVariance(state: Float64Array, at: number): void {
  state[at + VARIANCE] = PRIOR_VARIANCE;
  state[at + KNOWN] = PRIOR_BATCHES;
}

/** A batch that is full waits for `acceptBatches`. */
export function addScore(state: Float64Array, at: number, score: number): void {
  const sum = (state[at + SUM] ?? 0) + score;
  const filled = (state[at + FILLED] ?? 0) + 1;
  const full = filled === BATCH;
  state[at + SUM] = full ? 0 : sum;
  state[at + FILLED] = full ? 0 : filled;
  if (!full) return;
  state[at + HELD] = (state[at + HELD] ?? 0) + 1;
  state[at + HELD_SQUARES] = (state[at + HELD_SQUARES] ?? 0) + (sum * sum) / BATCH;
}

export function acceptBatches(state: Float64Array, at: number): void {
  const batches = state[at + HELD] ?? 0;
  if (batches === 0) return;
  const known = Math.min(BATCHES, (state[at + KNOWN] ?? 0) + batches);
  const before = state[at + VARIANCE] ?? 0;
  const variance = (state[at + HELD_SQUARES] ?? 0) / batches;
  state[at + KNOWN] = known;
  state[at + VARIANCE] = before + Math.min(1, batches / known) * (variance - before);
  forgetBatches(state, at);
}

export function forgetBatches(state: Float64Array, at: number): void {
  state[at + HELD] = 0;
  state[at + HELD_SQUARES] = 0;
}
