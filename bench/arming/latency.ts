/** From a trigger to the moment that its flow is traced, with the analyzer's engine and an agent on every host. */
import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { buildApp } from '../../analyzer/server/app.js';
import { ControlHub } from '../../analyzer/server/control.js';
import { Store } from '../../analyzer/store/database.js';
import { Testbed } from '../../experiments/testbed/index.js';
import {
  type Character,
  clientCommand,
  serverCommand,
} from '../../experiments/workloads/character/index.js';
import { script } from '../../experiments/workloads/script.js';
import { artifact } from '../../primitives/common/artifacts.js';
import type { BenchOptions } from '../bench.js';
import { FreshEngine } from './fresh-engine.js';
import type { Plan } from './plan.js';

const PORT = 8098;
/** The agents have told of the pods by then, and the load has begun. */
const SETTLE_MS = 4000;
/** Later than this is as good as never. */
const WITHIN_MS = 1200;
const DISARMED_MS = 300;

export interface Load {
  readonly name: string;
  readonly traffic: readonly { readonly mode: Character; readonly flows: number }[];
}

export const LOADS: readonly Load[] = [
  { name: 'at rest', traffic: [] },
  {
    name: 'under load',
    traffic: [
      { mode: 'stream', flows: 2 },
      { mode: 'rpc', flows: 8 },
    ],
  },
];

/** One trigger; null: not armed in time. */
export interface Latency {
  readonly load: string;
  /** From the alert to the arming of the host that raised it. */
  readonly one_host_ms: number | null;
  /** To the arming of the last of both. */
  readonly both_hosts_ms: number | null;
}

export async function measureLatency(
  load: Load,
  { triggers }: Plan,
  { signal, progress }: BenchOptions,
): Promise<Latency[]> {
  progress(`${load.name}: ${triggers} triggers`);
  const testbed = await Testbed.build({ id: 'arming' });
  const undo: (() => Promise<unknown>)[] = [() => testbed.destroy()];
  try {
    const store = await Store.open(join(testbed.folder, 'data'), () => undefined);
    undo.push(() => store.close());
    const control = new ControlHub();
    const engine = new FreshEngine({ store, control, log: pino({ level: 'silent' }) }, PORT);
    const app = await buildApp({ store, control, engine });
    undo.push(() => app.close());
    engine.start();
    undo.push(() => engine.stop());
    startAgents(testbed, await app.listen({ host: '127.0.0.1', port: 0 }));
    while (control.hosts().length < 3) await sleep(50, undefined, { signal });
    await startLoad(testbed, load);
    const resets = await startResets(testbed);
    await sleep(SETTLE_MS, undefined, { signal });
    const latencies: Latency[] = [];
    for (let trigger = 0; trigger < triggers; trigger++) {
      const sinceNs = BigInt(Date.now()) * 1_000_000n;
      resets.kill('SIGUSR2');
      await sleep(WITHIN_MS, undefined, { signal });
      latencies.push({ load: load.name, ...(await latencyOf(store, sinceNs)) });
      await engine.renew();
      await sleep(DISARMED_MS, undefined, { signal });
    }
    return latencies;
  } finally {
    for (const step of undo.reverse()) await step();
  }
}

/** As they are installed, each on the processor of its host. */
function startAgents(testbed: Testbed, analyzer: string): void {
  for (const { id, netns, cpu } of Object.values(testbed.plan.hosts))
    testbed.processes.spawn([
      ...[process.execPath, artifact('dist/cli/main.js'), 'agent', '--host-id', id],
      ...['--analyzer', analyzer, '--netns', netns, '--cpus', String(cpu)],
    ]);
}

async function startLoad(testbed: Testbed, { traffic }: Load): Promise<void> {
  const [from, to] = [testbed.pod('a', 2), testbed.pod('b', 2)];
  for (const [index, { mode, flows }] of traffic.entries()) {
    const port = 8200 + index;
    const cpu = testbed.host('b').cpu;
    const server = testbed.processes.spawn(serverCommand(port, mode), {
      ...{ netns: to.netns, cpu, stdout: 'pipe' },
    });
    await once(server.stdout ?? server, 'data');
    const seconds = 600;
    testbed.processes.spawn(
      clientCommand({
        ...{ host: to.address, port, firstPort: 41_000 + 100 * index, flows, mode, seconds },
        pauseMs: mode === 'rpc' ? 10 : 0,
      }),
      { netns: from.netns, cpu: testbed.host('a').cpu },
    );
  }
}

async function startResets(testbed: Testbed): Promise<ChildProcess> {
  const [from, to] = [testbed.pod('a', 1), testbed.pod('b', 1)];
  const run = async (netns: string, cpu: number, command: string[]): Promise<ChildProcess> => {
    const child = testbed.processes.spawn(command, { netns, cpu, stdout: 'pipe' });
    await once(child.stdout ?? child, 'data');
    return child;
  };
  await run(to.netns, testbed.host('b').cpu, [...script(import.meta.url, 'echo'), String(PORT)]);
  const client = [...script(import.meta.url, 'resets'), to.address, String(PORT)];
  return run(from.netns, testbed.host('a').cpu, client);
}

/** All hosts of the testbed read one clock. */
async function latencyOf(
  store: Store,
  sinceNs: bigint,
): Promise<Pick<Latency, 'one_host_ms' | 'both_hosts_ms'>> {
  await store.flush();
  const [row] = await store.query(
    `WITH raised AS (
       SELECT min(time_ns) AS time_ns, arg_min(host, time_ns) AS host
       FROM alert WHERE received_ns >= ${sinceNs} AND kind = 'reset' AND ${PORT} IN (src_port, dst_port)),
     armed AS (
       SELECT host, min(time_ns) AS time_ns FROM arming
       WHERE received_ns >= ${sinceNs} AND state = 'armed' GROUP BY host)
     SELECT (min(a.time_ns) FILTER (a.host = r.host) - any_value(r.time_ns)) / 1e6 AS one_host_ms,
       CASE WHEN count(a.host) = 2 THEN (max(a.time_ns) - any_value(r.time_ns)) / 1e6 END AS both_hosts_ms
     FROM raised r LEFT JOIN armed a ON true`,
  );
  return {
    one_host_ms: numberOf(row?.['one_host_ms']),
    both_hosts_ms: numberOf(row?.['both_hosts_ms']),
  };
}

const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);
