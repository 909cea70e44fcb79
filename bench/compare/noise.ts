/** How likely two figures differ as much by chance alone. */
import type { Spread } from '../harness/spread.js';
import type { ByRun } from './figures.js';

/** Quartiles of a normal distribution are so many standard deviations apart. */
const QUARTILES_APART = 1.349;
/** The median of n values is so much less certain than their mean. */
const OF_MEDIAN = 1.2533;

/** Two-sided, of medians of which only quartiles are kept; what did not vary at all says nothing about noise. */
export function chanceOfSpreads(a: Spread, b: Spread): number {
  const apart = Math.abs(a.median - b.median);
  if (apart === 0) return 1;
  const error = Math.hypot(errorOf(a), errorOf(b));
  return error === 0 ? 1 : 2 * upperTail(apart / error);
}

const errorOf = ({ low, high, count }: Spread): number =>
  (OF_MEDIAN * (high - low)) / QUARTILES_APART / Math.sqrt(count);

/** Names of the runs that both have. */
export interface Pairs {
  readonly runs: readonly string[];
  readonly grown: readonly string[];
  readonly fallen: readonly string[];
}

export function pairsOf(a: ByRun, b: ByRun): Pairs {
  const runs = [...a.keys()].filter((run) => b.has(run));
  const change = (run: string): number => (b.get(run) ?? 0) - (a.get(run) ?? 0);
  return {
    runs,
    grown: runs.filter((run) => change(run) > 0),
    fallen: runs.filter((run) => change(run) < 0),
  };
}

/** Sign test: two-sided and exact. */
export function chanceOfPairs({ grown, fallen }: Pairs): number {
  const changed = grown.length + fallen.length;
  let term = 0.5 ** changed;
  let tail = 0;
  for (let k = 0; k <= Math.min(grown.length, fallen.length); k++) {
    tail += term;
    term *= (changed - k) / (k + 1);
  }
  return Math.min(1, 2 * tail);
}

/** Of the standard normal distribution beyond z ≥ 0 (Abramowitz and Stegun 26.2.17). */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const series = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  const sum = series.reduceRight((rest, factor) => t * (factor + rest), 0);
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * sum;
}
