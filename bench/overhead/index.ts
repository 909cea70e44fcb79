/** The paper's Figure 2 on its own terms: what throughput and CPU become under each way of watching. */
import type { BenchOptions, BenchResult } from '../bench.js';
import { ceilingOf, measure } from './measure.js';
import { page } from './page.js';
import { FULL, QUICK } from './plan.js';
import { summarize } from './summary.js';
import { judge } from './targets.js';

export async function overhead(options: BenchOptions): Promise<BenchResult> {
  const plan = options.quick ? QUICK : FULL;
  const measured = await measure(plan, options);
  const summary = summarize(measured);
  const targets = judge(measured);
  return {
    title: 'What watching costs a saturated path',
    page: page(summary, targets, plan, ceilingOf(measured)),
    data: { plan, ceiling_bytes_per_second: ceilingOf(measured), targets, ...summary, ...measured },
    met: targets.every(({ met }) => met),
  };
}
