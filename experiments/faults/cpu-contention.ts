import { fileURLToPath } from 'node:url';
import type { Testbed } from '../testbed/index.js';
import { startClient, startServer } from '../workloads/index.js';
import type { Cast, Fault } from './fault.js';

export const BURST = fileURLToPath(new URL('./cpu-burst.sh', import.meta.url)).replace(
  '/dist/',
  '/',
);

const PORT = 8095;

function onlyTraffic(testbed: Testbed): Cast {
  const to = { host: 'b', pod: 1 } as const;
  return {
    server: startServer(testbed, to, PORT),
    victims: [startClient(testbed, { host: 'a', pod: 1 }, to, { port: PORT, pauseMs: 5 })],
  };
}

/**
 * Real-time bursts on the processor that serves a host: its threads wait, its softirqs do not. With two processors
 * hosts a and c share one: then a's traffic is the only one, else c would suffer as much.
 */
export const cpuContention = (host: 'a' | 'b', id: string): Fault => ({
  id,
  title: `a real-time job on the processor of ${host}: 30 ms of every 40`,
  ...(host === 'a' && { alone: true, cast: onlyTraffic }),
  label: {
    domain: host === 'a' ? 'sender_host' : 'receiver_host',
    host,
    layer: 'scheduler',
    cause: 'cpu_contention',
  },
  inject(testbed) {
    const job = testbed.processes.spawn(['bash', BURST, '30', '10'], {
      cpu: testbed.host(host).cpu,
      realTime: 10,
    });
    return Promise.resolve(() => testbed.processes.end(job));
  },
});
