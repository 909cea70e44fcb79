/** How much telemetry an analyzer takes, and how soon it still has a verdict. */
import type { BenchOptions, BenchResult } from '../bench.js';
import { page } from './page.js';
import { FULL, QUICK } from './plan.js';
import { record } from './recording.js';
import { type Level, replayBy } from './replay.js';
import { judge } from './targets.js';
import { measureThroughput } from './throughput.js';

export async function ingest({ quick, signal, progress }: BenchOptions): Promise<BenchResult> {
  const plan = quick ? QUICK : FULL;
  progress('recording agents on a testbed');
  const recording = await record(plan.pastMs, signal);
  const rates = await measureThroughput(recording, plan, progress);
  const levels: Level[] = [];
  for (const agents of plan.agents) {
    progress(`${agents} agents`);
    levels.push(await replayBy(agents, recording, signal));
  }
  const targets = judge(rates, levels);
  return {
    title: 'What an analyzer takes in',
    page: page(recording, rates, levels, targets, plan),
    data: { plan, targets, rates, levels },
    met: targets.every(({ met }) => met),
  };
}
