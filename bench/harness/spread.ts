import { ascending, quantile } from '../../experiments/results/quantile.js';

/** Median and quartiles. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** null without values. */
export function spreadOf(values: readonly (number | null)[]): Spread | null {
  const sorted = ascending(values);
  if (sorted.length === 0) return null;
  const at = (q: number): number => quantile(sorted, q) ?? NaN;
  return { median: at(0.5), low: at(0.25), high: at(0.75), count: sorted.length };
}
