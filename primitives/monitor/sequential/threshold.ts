/**
 * Thresholds of one-sided CUSUM tests from the average run that is wanted between two false alarms.
 *
 * E. S. Page, Continuous inspection schemes, Biometrika 41 (1954); D. Siegmund, Sequential Analysis (1985), chapter II.6;
 * G. Lorden, Procedures for reacting to a change in distribution, Ann. Math. Statist. 42 (1971).
 */

/** The score overshoots its threshold, and starts from 0 and not from below: worth 1.166 standard deviations together. */
const OVERSHOOT = 1.166;

/**
 * Observations between two false alarms of S = max(0, S + z - k) > h, z standard normal and independent: Siegmund's
 * approximation.
 */
export function averageRun(h: number, k: number): number {
  const b = h + OVERSHOOT;
  return (Math.expm1(2 * k * b) - 2 * k * b) / (2 * k * k);
}

/** The h with that average run, in standard deviations of one observation; 0 when even that runs longer. */
export function shiftThreshold(run: number, k: number): number {
  let low = 0;
  let high = 1;
  if (averageRun(low, k) >= run) return low;
  while (averageRun(high, k) < run) high *= 2;
  while (high - low > 1e-6) {
    const middle = (low + high) / 2;
    if (averageRun(middle, k) < run) low = middle;
    else high = middle;
  }
  return high;
}

/** Of a CUSUM of log likelihood ratios, in nats: Lorden's bound, the average run is e^h at least. */
export const likelihoodThreshold = (run: number): number => Math.log(Math.max(1, run));
