/** What the monitor's programs cost a packet, next to none, an empty one, and the paper's. */
import type { BenchOptions, BenchResult } from '../bench.js';
import { measureLive } from './live.js';
import { page } from './page.js';
import { FULL, QUICK } from './plan.js';
import { summarize } from './summary.js';
import { judge } from './targets.js';
import { measureTestRuns } from './test-runs.js';

export async function perPacketCost(options: BenchOptions): Promise<BenchResult> {
  const plan = options.quick ? QUICK : FULL;
  const measured = {
    live: await measureLive(plan, options),
    testRuns: await measureTestRuns(plan, options),
  };
  const summary = summarize(measured);
  const targets = judge(measured);
  return {
    title: 'What the monitor costs a packet',
    page: page(measured, summary, targets, plan),
    data: { plan, targets, ...summary, ...measured },
    met: targets.every(({ met }) => met),
  };
}
