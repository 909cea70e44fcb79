/** What was measured, without what could not be. */
export const ascending = (values: readonly (number | null)[]): number[] =>
  values.filter((value) => value !== null).sort((a, b) => a - b);

/** By nearest rank; null without values. */
export const quantile = (sorted: readonly number[], q: number): number | null =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? null;

export const median = (values: readonly (number | null)[]): number | null =>
  quantile(ascending(values), 0.5);
