/** What the figures are held against. */
import { median } from '../../experiments/results/quantile.js';
import type { Level } from './replay.js';
import { ALL, type Rate } from './throughput.js';

const RECORDS_PER_S = 1e6;
/** From the alert of the incident; the tracers alone are given 0.6 s. */
const VERDICT_MS = 2000;

export interface Judgement {
  readonly name: string;
  readonly figure: number | null;
  readonly limit: number;
  readonly unit: string;
  readonly met: boolean;
}

/** Of all rounds, the median. */
export const rateOf = (
  rates: readonly Rate[],
  stream: Rate['stream'],
  size: Rate['size'],
  of: 'rows_per_batch' | 'decoded_per_s' | 'stored_per_s' | 'processors',
): number | null =>
  median(rates.filter((r) => r.stream === stream && r.size === size).map((r) => r[of]));

export function judge(rates: readonly Rate[], levels: readonly Level[]): Judgement[] {
  const stored = rateOf(rates, ALL, 'full', 'stored_per_s');
  return [
    {
      name: 'records stored, full batches of all streams',
      ...{ figure: stored, limit: RECORDS_PER_S, unit: 'a second' },
      met: stored !== null && stored >= RECORDS_PER_S,
    },
    ...levels.map(({ agents, verdict_ms }) => ({
      name: `from alert to verdict, ${agents} agents`,
      ...{ figure: verdict_ms, limit: VERDICT_MS, unit: 'ms' },
      met: verdict_ms !== null && verdict_ms <= VERDICT_MS,
    })),
  ];
}
