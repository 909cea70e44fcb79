/** One level: a real agent on a host whose pods talk. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Testbed } from '../../experiments/testbed/index.js';
import { artifact } from '../../primitives/common/artifacts.js';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import type { Level, Plan } from './levels.js';
import type { DelayWindow } from './observe.js';
import { costOf } from './process-cost.js';
import { Sink } from './sink.js';
import { connect } from './traffic.js';

export interface LevelResult extends Level, DelayWindow {
  /** Of one processor. */
  readonly cpu_percent: number;
  readonly rss_mib: number;
  readonly rss_without_maps_mib: number;
  readonly pss_mib: number;
  readonly anonymous_mib: number;
  readonly sent_kb_per_s: number;
}

export async function measure(level: Level, plan: Plan, signal: AbortSignal): Promise<LevelResult> {
  signal.throwIfAborted();
  const testbed = await Testbed.build({ id: 'cost' });
  const sink = await Sink.open();
  try {
    await connect(testbed, level);
    const agent = startAgent(testbed, level, sink.url);
    const dies = once(agent, 'exit', { signal }).then(() => {
      throw new NetverdictError('NV_INTERNAL', 'the agent ended');
    });
    return await Promise.race([watch(agent, sink, level, plan, signal), dies]);
  } finally {
    await testbed.destroy();
    sink.close();
  }
}

async function watch(
  agent: ChildProcess,
  sink: Sink,
  level: Level,
  plan: Plan,
  signal: AbortSignal,
): Promise<LevelResult> {
  const pid = agent.pid ?? 0;
  await sleep(level.settleMs, undefined, { signal });
  const before = { cpuMs: costOf(pid).cpuMs, bytes: sink.bytes, ms: performance.now() };
  await sleep(plan.costMs, undefined, { signal });
  const cost = costOf(pid);
  const ms = performance.now() - before.ms;
  const sent = sink.bytes - before.bytes;
  agent.kill('SIGUSR2');
  await sleep(plan.delayMs, undefined, { signal });
  const answer = once(agent.stdout ?? agent, 'data', { signal });
  agent.kill('SIGUSR2');
  const [line] = (await answer) as [Buffer];
  return {
    ...level,
    ...(JSON.parse(line.toString()) as DelayWindow),
    cpu_percent: (100 * (cost.cpuMs - before.cpuMs)) / ms,
    rss_mib: cost.rssKib / 1024,
    rss_without_maps_mib: (cost.rssKib - cost.mapsKib) / 1024,
    pss_mib: cost.pssKib / 1024,
    anonymous_mib: cost.anonymousKib / 1024,
    sent_kb_per_s: sent / ms,
  };
}

/** The one that is installed, as `npm run setup` builds it. */
function startAgent(testbed: Testbed, { maxFlows }: Level, url: string): ChildProcess {
  const { id, netns, cpu } = testbed.host('a');
  const observer = artifact('dist/bench/agent-cost/observe.js');
  return testbed.processes.spawn(
    [
      ...[process.execPath, '--import', observer, artifact('dist/cli/main.js')],
      ...['agent', '--host-id', id, '--analyzer', url, '--max-flows', String(maxFlows)],
      ...['--netns', netns, '--cpus', String(cpu)],
    ],
    { stdout: 'pipe', stderr: process.env['NETVERDICT_DEBUG'] ? 'inherit' : 'ignore' },
  );
}
