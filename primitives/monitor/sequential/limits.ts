import { REFERENCE } from './shift-tests.js';
import { likelihoodThreshold, shiftThreshold } from './threshold.js';

const DAY_S = 86_400;
/** Weight of the newest interval between two sweeps. */
const INTERVAL_GAIN = 1 / 16;

/**
 * The thresholds of all tests of a host from the false alarms a day that its operator wants to see: each of the tests
 * that run may raise its share of them (Bonferroni), so more flows make each test a little slower, by the logarithm of
 * their number.
 */
export class Limits {
  /** Of the score of a shift test. */
  shift = Infinity;
  /** Of the score of a share test. */
  share = Infinity;
  #intervalS: number | undefined;
  #lastS: number | undefined;

  constructor(private readonly falseAlarmsPerDay: number) {}

  /** At each sweep: `now` in seconds, and how many tests run. */
  update(now: number, tests: number): void {
    if (this.#lastS !== undefined) {
      const interval = Math.max(1e-3, now - this.#lastS);
      this.#intervalS ??= interval;
      this.#intervalS += INTERVAL_GAIN * (interval - this.#intervalS);
    }
    this.#lastS = now;
    if (this.#intervalS === undefined) return;
    const observationsPerDay = DAY_S / this.#intervalS;
    const run = (Math.max(1, tests) * observationsPerDay) / this.falseAlarmsPerDay;
    this.shift = shiftThreshold(run, REFERENCE);
    this.share = likelihoodThreshold(run);
  }
}
