/**
 * A value's place among the flow's own past quantiles, as the score that a normal value in that place has on average.
 *
 * Whatever the distribution, a value lies beyond its 90th percentile one time in ten: so the score's distribution in
 * health is known, has mean 0 and variance 1, and is bounded. Heavy tails and skew of the values do not reach the test.
 */

/** Share of the values below each quantile that is kept. */
export const LEVELS = [0.25, 0.5, 0.75, 0.9, 0.97] as const;
export const MEDIAN = 1;

/** The same quantiles of the standard normal distribution. */
export const NORMAL_QUANTILES = [-0.67449, 0, 0.67449, 1.281552, 1.880794] as const;

const density = (z: number): number => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);

/** Steps of a stochastic approximation are best in proportion to 1/density at the quantile, here in deviations. */
export const STEPS: readonly number[] = NORMAL_QUANTILES.map((z) => 1 / density(z));

/** Score of a value beyond exactly that many of the quantiles. */
export const SCORES: readonly number[] = scores();

function scores(): number[] {
  const edges = [-Infinity, ...NORMAL_QUANTILES, Infinity];
  const shares = [...LEVELS, 1].map((level, n) => level - (LEVELS[n - 1] ?? 0));
  const means = shares.map(
    (share, n) => (density(edges[n] ?? 0) - density(edges[n + 1] ?? 0)) / share,
  );
  const variance = means.reduce((sum, mean, n) => sum + (shares[n] ?? 0) * mean * mean, 0);
  return means.map((mean) => mean / Math.sqrt(variance));
}
