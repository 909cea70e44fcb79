import { Random } from '../../results/random.js';
import { ascending, quantile } from '../../results/quantile.js';

/** How many of so many runs, as a share with its 95 % interval. */
export interface Share {
  readonly runs: number;
  readonly right: number;
  /** null without runs, as its interval. */
  readonly share: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

const RESAMPLES = 2000;

/**
 * By bootstrap over the runs. Runs that all agree have nothing to resample: then the bound is where as many of them
 * would agree by chance in one of forty cases (Clopper and Pearson).
 */
export function shareOf(outcomes: readonly boolean[]): Share {
  const runs = outcomes.length;
  const right = outcomes.filter(Boolean).length;
  if (runs === 0) return { runs, right, share: null, low: null, high: null };
  const share = right / runs;
  const bound = 0.025 ** (1 / runs);
  if (right === runs) return { runs, right, share, low: bound, high: 1 };
  if (right === 0) return { runs, right, share, low: 0, high: 1 - bound };
  const random = new Random(runs);
  const resampled = ascending(
    Array.from({ length: RESAMPLES }, () => {
      let hits = 0;
      for (let n = 0; n < runs; n++) if (outcomes[random.below(runs)]) hits++;
      return hits / runs;
    }),
  );
  return { runs, right, share, low: quantile(resampled, 0.025), high: quantile(resampled, 0.975) };
}
