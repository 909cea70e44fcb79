/** How soon a troubled flow is traced, and what tracing costs when it is over. */
import type { BenchOptions, BenchResult } from '../bench.js';
import { measureCost } from './cost.js';
import { type Latency, LOADS, measureLatency } from './latency.js';
import { page } from './page.js';
import { FULL, QUICK } from './plan.js';
import { judge } from './targets.js';

export async function arming(options: BenchOptions): Promise<BenchResult> {
  const plan = options.quick ? QUICK : FULL;
  const latencies: Latency[] = [];
  for (const load of LOADS) latencies.push(...(await measureLatency(load, plan, options)));
  const costs = await measureCost(plan, options);
  const targets = judge(latencies, costs);
  return {
    title: 'From trigger to armed',
    page: page(latencies, costs, targets, plan),
    data: { plan, targets, latencies, costs },
    met: targets.every(({ met }) => met),
  };
}
