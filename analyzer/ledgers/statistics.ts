/** Small statistics of the ledgers; all deterministic, so that a replay gives the same verdict. */

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

export const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : sum(values) / values.length;

/** Quantile by the nearest rank; 0 for no values. */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** P(X ≥ k) for X binomial(n, p). */
export function binomialTail(n: number, k: number, p: number): number {
  let logTerm = n * Math.log1p(-p);
  let below = 0;
  for (let i = 0; i < k; i++) {
    below += Math.exp(logTerm);
    logTerm += Math.log((n - i) / (i + 1)) + Math.log(p) - Math.log1p(-p);
  }
  return Math.max(0, 1 - below);
}

/** mulberry32: a seeded source of uniform numbers in [0, 1). */
function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Bootstrap of column means: in what share of resamples of the rows is each column the largest?
 * `rows` are equally long.
 */
export function winnerShares(rows: readonly (readonly number[])[], resamples = 200): number[] {
  const width = rows[0]?.length ?? 0;
  const wins = new Array<number>(width).fill(0);
  const next = uniform(rows.length * 2654435761);
  for (let r = 0; r < resamples; r++) {
    const totals = new Array<number>(width).fill(0);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[Math.floor(next() * rows.length)] ?? [];
      for (let c = 0; c < width; c++) totals[c] = (totals[c] ?? 0) + (row[c] ?? 0);
    }
    const best = totals.indexOf(Math.max(...totals));
    wins[best] = (wins[best] ?? 0) + 1;
  }
  return wins.map((w) => w / resamples);
}
