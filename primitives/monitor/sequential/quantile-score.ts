/**
 * A value's place among the flow's own past quantiles, as the score that a normal value in that place has on average.
 *
 * Whatever the distribution, a value lies beyond its 90th percentile one time in ten: so the score's distribution in
 * health is known, has mean 0 and variance 1, and is bounded. Heavy tails and skew of the values do not reach the test.
 *
 * Beyond the last quantile the tail is taken for a generalised Pareto distribution (J. Pickands, Statistical inference
 * using extreme order statistics, Ann. Statist. 3, 1975), with the scale and shape that the last three quantiles show:
 * so a shift of many spreads scores more than one that lies just beyond.
 */

/** Share of the values below each quantile that is kept. */
export const LEVELS = [0.25, 0.5, 0.75, 0.9, 0.97] as const;
export const MEDIAN = 1;

/** The same quantiles of the standard normal distribution. */
export const NORMAL_QUANTILES = [-0.67449, 0, 0.67449, 1.281552, 1.880794] as const;

const density = (z: number): number => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);

/** Steps of a stochastic approximation are best in proportion to 1/density at the quantile, here in deviations. */
export const STEPS: readonly number[] = NORMAL_QUANTILES.map((z) => 1 / density(z));

/** The square of a normal score grows by so much an e-fold of its tail; right to 0.1 for 12 of them. */
const SQUARE_PER_FOLD = 1.75;
/** One value in 3 million: none counts as more. */
const MOST_SCORE = 5;

const { scores, deviation } = binScores();

/** Score of a value beyond exactly that many of the quantiles, but not the last. */
export const SCORES: readonly number[] = scores;

/** Score of a value beyond the last quantile, by so many e-folds of the tail. */
export const tailScore = (folds: number): number =>
  Math.min(MOST_SCORE, Math.sqrt(NORMAL_QUANTILES[4] ** 2 + SQUARE_PER_FOLD * folds)) / deviation;

/** How many times as many values lie beyond the last quantile but one as beyond the last. */
const RARER = (1 - LEVELS[3]) / (1 - LEVELS[4]);
/** The last gap over the one before, of an exponential tail, and how fast its logarithm grows with the shape. */
const EXPONENTIAL_GAPS = Math.log(RARER) / Math.log((1 - LEVELS[2]) / (1 - LEVELS[3]));
const GAPS_BY_SHAPE = 1.08;
const LEAST_SHAPE = 0.01;

/** E-folds of the tail beyond the last quantile, from the distance to it and the gaps between the last three. */
export function tailFolds(distance: number, lastGap: number, gapBefore: number): number {
  const stretched = Math.log(lastGap / gapBefore / EXPONENTIAL_GAPS) / GAPS_BY_SHAPE;
  const shape = Math.min(1, Math.max(LEAST_SHAPE, stretched));
  const scale = (lastGap * shape) / (1 - RARER ** -shape);
  return Math.log1p((shape * distance) / scale) / shape;
}

function binScores(): { scores: number[]; deviation: number } {
  const edges = [-Infinity, ...NORMAL_QUANTILES, Infinity];
  const shares = [...LEVELS, 1].map((level, n) => level - (LEVELS[n - 1] ?? 0));
  const means = shares.map(
    (share, n) => (density(edges[n] ?? 0) - density(edges[n + 1] ?? 0)) / share,
  );
  const variance = means.reduce((sum, mean, n) => sum + (shares[n] ?? 0) * mean * mean, 0);
  const unit = Math.sqrt(variance);
  return { scores: means.slice(0, -1).map((mean) => mean / unit), deviation: unit };
}
