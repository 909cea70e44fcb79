import {
  acceptHeld,
  BASELINE_WIDTH,
  begin,
  comparable,
  forgetHeld,
  hold,
  learn,
  learnSamples,
  medianOf,
  scoreOf,
  usualSamples,
} from './baseline.js';
import {
  acceptBatches,
  addScore,
  beginVariance,
  forgetBatches,
  VARIANCE_WIDTH,
  varianceOf,
} from './batch-variance.js';
import { Slots } from './slots.js';

/** Half of the smallest shift that matters, one standard deviation: the test is quickest for that (Moustakides 1986). */
export const REFERENCE = 0.5;
/** Observations before a test speaks, and of which the first guess of its baseline is made. */
export const WARM_UP = 32;
const FIRST_LOOK = 8;
/** Observations that the baseline remembers: two minutes of sweeps. What drifts slower is the day's course. */
const MEMORY = 256;
/** Share of the threshold from which on the baseline waits for the judgement. */
const DOUBT = 1 / 4;
/** A level that has lasted for as many observations, a minute of sweeps, is the new normal. */
const ACCEPTED_AFTER = 120;
/** The score stops so far above the threshold, so that it calms soon after. */
const CEILING = 4;
/** Weight of the newest observation in the present level. */
const LEVEL_GAIN = 1 / 8;
/** More samples than so many times the usual, and a few: the flow itself does more, and waits behind itself. */
const BUSIER = 2;
const BUSIER_LEAST = 3;
/** Such observations in a row after which its past says nothing of it. */
const BUSY_FOR = 8;

/* The state of a test: its baseline, then the variance of its batches, then these. */
const VARIANCE = BASELINE_WIDTH;
const LEARNED = VARIANCE + VARIANCE_WIDTH;
const SCORE = LEARNED + 1;
const BEGUN = LEARNED + 2;
const LEVEL = LEARNED + 3;
const HELD = LEARNED + 4;
const BUSY = LEARNED + 5;
const WIDTH = LEARNED + 6;

/**
 * One-sided CUSUM tests of scores (quantile-score.ts), each against its own baseline:
 *
 *   S = max(0, S + z / sqrt(v) - k)
 *
 * v is the variance of batch sums (batch-variance.ts): scores that depend on each other lengthen every excursion of S
 * (Kim, Alexopoulos, Tsui and Wilson, A distribution-free tabular CUSUM chart for autocorrelated data, IIE Transactions
 * 39, 2007).
 *
 * While S is up, what would be learned is put aside: learned when S calms by itself, forgotten when an alarm was raised.
 * So a shift does not become the normal, and an excursion in health does.
 */
export class ShiftTests {
  readonly #slots: Slots;
  /** Tests that have warmed up. */
  running = 0;

  constructor(most: number) {
    this.#slots = new Slots(WIDTH, most);
  }

  /** Handle of a new test; -1 when there are as many as may be. */
  open(): number {
    return this.#slots.take();
  }

  close(test: number): void {
    if (this.isRunning(test)) this.running--;
    this.#slots.give(test);
  }

  isRunning(test: number): boolean {
    return this.#at(test, LEARNED) >= WARM_UP;
  }

  score(test: number): number {
    return this.#at(test, SCORE);
  }

  /** When the score left 0: the likeliest onset of the shift, as `now` was given then. */
  begun(test: number): number {
    return this.#at(test, BEGUN);
  }

  baseline(test: number): number {
    return medianOf(this.#slots.data, test);
  }

  /** Of the last few observations. */
  level(test: number): number {
    return this.#at(test, LEVEL);
  }

  /** The shift that was raised is over. */
  calm(test: number): void {
    this.#slots.data[test + SCORE] = 0;
    this.#forget(test);
  }

  /**
   * Takes the mean of `samples` values of one sweep; `now` is any clock. Answers its score as if independent of the
   * last ones, 0 during warm-up.
   */
  observe(test: number, value: number, samples: number, threshold: number, now: number): number {
    const state = this.#slots.data;
    const learned = this.#at(test, LEARNED);
    if (learned < FIRST_LOOK) {
      if (learned === 0) beginVariance(state, test + VARIANCE);
      begin(state, test, value, samples, learned);
      state[test + LEVEL] = medianOf(state, test);
      state[test + LEARNED] = learned + 1;
      return 0;
    }
    if (this.#isBusy(test, samples)) return 0;
    state[test + LEVEL] = this.level(test) + LEVEL_GAIN * (value - this.level(test));
    const like = comparable(state, test, value, samples);
    const score = scoreOf(state, test, like);
    const independent = score / Math.sqrt(varianceOf(state, test + VARIANCE));
    if (learned >= WARM_UP) this.#accumulate(test, independent, threshold, now);
    addScore(state, test + VARIANCE, score);
    if (this.score(test) > DOUBT * threshold) this.#hold(test, like);
    else this.#learn(test, like, samples);
    return learned >= WARM_UP ? independent : 0;
  }

  #at(test: number, field: number): number {
    return this.#slots.data[test + field] ?? 0;
  }

  /** A flow that does more than before is not judged by what it then waits for. */
  #isBusy(test: number, samples: number): boolean {
    const state = this.#slots.data;
    const busy = samples > BUSIER * usualSamples(state, test) + BUSIER_LEAST;
    state[test + BUSY] = busy ? this.#at(test, BUSY) + 1 : 0;
    if (this.#at(test, BUSY) >= BUSY_FOR) this.#startAnew(test);
    return busy;
  }

  #accumulate(test: number, score: number, threshold: number, now: number): void {
    const state = this.#slots.data;
    const before = this.score(test);
    if (before === 0) state[test + BEGUN] = now;
    state[test + SCORE] = Math.min(Math.max(0, before + score - REFERENCE), threshold + CEILING);
  }

  #hold(test: number, value: number): void {
    const state = this.#slots.data;
    const held = this.#at(test, HELD) + 1;
    state[test + HELD] = held;
    hold(state, test, value, this.#gain(test));
    if (held >= ACCEPTED_AFTER) this.#startAnew(test);
  }

  #startAnew(test: number): void {
    if (this.isRunning(test)) this.running--;
    this.#slots.data.fill(0, test, test + WIDTH);
  }

  #learn(test: number, value: number, samples: number): void {
    const state = this.#slots.data;
    if (this.#at(test, HELD) > 0) acceptHeld(state, test);
    acceptBatches(state, test + VARIANCE);
    state[test + HELD] = 0;
    learn(state, test, value, this.#gain(test));
    learnSamples(state, test, samples, this.#gain(test));
    const learned = this.#at(test, LEARNED) + 1;
    if (learned === WARM_UP) this.running++;
    state[test + LEARNED] = Math.min(learned, MEMORY);
  }

  #forget(test: number): void {
    const state = this.#slots.data;
    forgetHeld(state, test);
    forgetBatches(state, test + VARIANCE);
    state[test + HELD] = 0;
  }

  #gain(test: number): number {
    return 1 / (this.#at(test, LEARNED) + 1);
  }
}
