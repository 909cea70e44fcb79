/** What the agent costs a host: CPU, memory, traffic, and how long it keeps its own event loop waiting. */
import type { BenchOptions, BenchResult } from '../bench.js';
import { FULL, QUICK } from './levels.js';
import { type LevelResult, measure } from './measure.js';
import { page } from './page.js';
import { judge } from './targets.js';

export async function agentCost({ quick, signal, progress }: BenchOptions): Promise<BenchResult> {
  const plan = quick ? QUICK : FULL;
  const levels: LevelResult[] = [];
  for (const level of plan.levels) {
    progress(`${level.flows} flows`);
    levels.push(await measure(level, plan, signal));
  }
  const targets = judge(levels);
  return {
    title: 'What the agent costs a host',
    page: page(levels, targets, plan),
    data: { plan, targets, levels },
    met: targets.every(({ met }) => met),
  };
}
