/** Live TCP connections from a pod of one host to a pod of another: request and answer of 64 bytes. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Testbed } from '../../experiments/testbed/index.js';
import type { HostId } from '../../experiments/testbed/plan.js';
import { script } from '../../experiments/workloads/script.js';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import type { Level } from './levels.js';

/** Of one process, which may have 20,000 open files on many machines. */
const CONNECTIONS = 16_000;
const FIRST_PORT = 7000;
const READY_WITHIN_MS = 60_000;

/** Resolves when all are connected; they end with the testbed's processes. */
export async function connect(
  testbed: Testbed,
  { flows, everyMs }: Level,
): Promise<ChildProcess[]> {
  const processes: ChildProcess[] = [];
  for (let made = 0; made < flows; made += CONNECTIONS) {
    const port = String(FIRST_PORT + made / CONNECTIONS);
    const count = String(Math.min(CONNECTIONS, flows - made));
    const server = startIn(testbed, 'b', '../harness/rpc-server', [port]);
    processes.push(server);
    await said(server);
    const to = testbed.pod('b', 1).address;
    const args = [to, port, count, String(everyMs)];
    const client = startIn(testbed, 'a', 'connections-client', args);
    processes.push(client);
    await said(client);
  }
  return processes;
}

function startIn(
  testbed: Testbed,
  host: HostId,
  name: string,
  args: readonly string[],
): ChildProcess {
  return testbed.processes.spawn([...script(import.meta.url, name), ...args], {
    netns: testbed.pod(host, 1).netns,
    cpu: testbed.host(host).cpu,
    stdout: 'pipe',
    stderr: 'inherit',
  });
}

async function said(child: ChildProcess): Promise<void> {
  const signal = AbortSignal.timeout(READY_WITHIN_MS);
  const died = once(child, 'exit', { signal }).then(() => {
    throw new NetverdictError('NV_TIMEOUT', 'the traffic of the benchmark ended');
  });
  await Promise.race([once(child.stdout ?? child, 'data', { signal }), died]);
}
