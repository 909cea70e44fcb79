/**
 * What is usual for one test: quantiles of its values, their spread, and how many samples a value is made of. A state
 * lies at `at` in an array of states.
 */
import {
  LEVELS,
  MEDIAN,
  NORMAL_QUANTILES,
  SCORES,
  STEPS,
  tailFolds,
  tailScore,
} from './quantile-score.js';

/** Values of one sweep never spread less, as a share: the clock and the tick see to that. */
const LEAST_SPREAD = 0.02;
/** Clip of a distance, in spreads. */
const WINSOR = 4;
/** Standard over mean absolute deviation of a normal distribution. */
const DEVIATION = 1.2533;

/** In standard deviations; of normal values it is 0.6. */
const LEAST_GAP = 0.3;

const LAST = LEVELS.length - 1;
const SPREAD = LEVELS.length;
const SAMPLES = SPREAD + 1;
const HELD_STEPS = SPREAD + 2;
export const BASELINE_WIDTH = HELD_STEPS + LEVELS.length;

export const medianOf = (state: Float64Array, at: number): number => state[at + MEDIAN] ?? 0;

/** Mean number of samples behind a value. */
export const usualSamples = (state: Float64Array, at: number): number => state[at + SAMPLES] ?? 0;

const spreadOf = (state: Float64Array, at: number): number =>
  Math.max(LEAST_SPREAD, state[at + SPREAD] ?? 0);

/** The first values: a mean and a spread, and from them the quantiles of a normal distribution. */
export function begin(
  state: Float64Array,
  at: number,
  value: number,
  samples: number,
  values: number,
): void {
  const before = medianOf(state, at);
  const mean = mix(before, value, 1 / (values + 1));
  // The first distance is known with the second value.
  if (values > 0) {
    state[at + SPREAD] = mix(state[at + SPREAD] ?? 0, Math.abs(value - before), 1 / values);
  }
  const deviation = DEVIATION * spreadOf(state, at);
  for (let n = 0; n < LEVELS.length; n++) {
    state[at + n] = mean + (NORMAL_QUANTILES[n] ?? 0) * deviation;
  }
  learnSamples(state, at, samples, 1 / (values + 1));
}

/** The mean of fewer samples than usual scatters more: it is drawn towards the median by as much. */
export function comparable(
  state: Float64Array,
  at: number,
  value: number,
  samples: number,
): number {
  const usual = usualSamples(state, at);
  const median = medianOf(state, at);
  return samples < usual ? median + (value - median) * Math.sqrt(samples / usual) : value;
}

export function scoreOf(state: Float64Array, at: number, value: number): number {
  let exceeded = 0;
  for (let n = 0; n < LEVELS.length; n++) if (value > (state[at + n] ?? 0)) exceeded++;
  return SCORES[exceeded] ?? tailScore(foldsBeyond(state, at, value));
}

function foldsBeyond(state: Float64Array, at: number, value: number): number {
  const [lower = 0, middle = 0, last = 0] = state.subarray(at + LAST - 2, at + LAST + 1);
  const least = LEAST_GAP * DEVIATION * spreadOf(state, at);
  return tailFolds(value - last, Math.max(least, last - middle), Math.max(least, middle - lower));
}

export function learn(state: Float64Array, at: number, value: number, gain: number): void {
  const spread = spreadOf(state, at);
  const distance = Math.min(WINSOR * spread, Math.abs(value - medianOf(state, at)));
  for (let n = 0; n < LEVELS.length; n++) {
    state[at + n] = (state[at + n] ?? 0) + stepOf(state, at, n, value, gain);
  }
  state[at + SPREAD] = mix(spread, distance, gain);
}

export function learnSamples(state: Float64Array, at: number, samples: number, gain: number): void {
  state[at + SAMPLES] = mix(usualSamples(state, at), samples, gain);
}

/** Puts aside what the quantiles would learn. */
export function hold(state: Float64Array, at: number, value: number, gain: number): void {
  for (let n = 0; n < LEVELS.length; n++) {
    const aside = at + HELD_STEPS + n;
    state[aside] = (state[aside] ?? 0) + stepOf(state, at, n, value, gain);
  }
}

/** Learns what was put aside. */
export function acceptHeld(state: Float64Array, at: number): void {
  for (let n = 0; n < LEVELS.length; n++) {
    state[at + n] = (state[at + n] ?? 0) + (state[at + HELD_STEPS + n] ?? 0);
  }
  forgetHeld(state, at);
}

export function forgetHeld(state: Float64Array, at: number): void {
  state.fill(0, at + HELD_STEPS, at + BASELINE_WIDTH);
}

/** Robbins-Monro: a quantile moves so that its share of the values stays below it. */
function stepOf(state: Float64Array, at: number, n: number, value: number, gain: number): number {
  const share = LEVELS[n] ?? 0;
  const step = DEVIATION * spreadOf(state, at) * (STEPS[n] ?? 0) * gain;
  return value > (state[at + n] ?? 0) ? step * share : step * (share - 1);
}

const mix = (old: number, value: number, gain: number): number => old + gain * (value - old);
