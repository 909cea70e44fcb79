import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Testbed } from '../testbed/index.js';
import { startClient, startServer } from '../workloads/index.js';
import type { Cast, Fault } from './fault.js';
import { graded } from './grades.js';

export const BURST = fileURLToPath(new URL('./cpu-burst.sh', import.meta.url)).replace(
  '/dist/',
  '/',
);

const PORT = 8095;

/** Of a real-time job: so much of every PERIOD_MS. */
export const PERIOD_MS = 40;
export const BUSY = { what: 'busy', unit: 'ms of 40', values: [10, 20, 30], usual: 30 } as const;

export const startRealTimeJob = (testbed: Testbed, cpu: number, busyMs: number): ChildProcess =>
  testbed.processes.spawn(['bash', BURST, String(busyMs), String(PERIOD_MS - busyMs)], {
    cpu,
    realTime: 10,
  });

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
export const cpuContention = (host: 'a' | 'b', id: string): Fault =>
  graded(BUSY, (busyMs) => ({
    id,
    title: `a real-time job on the processor of ${host}: ${busyMs} ms of every ${PERIOD_MS}`,
    ...(host === 'a' && { alone: true, cast: onlyTraffic }),
    label: {
      domain: host === 'a' ? 'sender_host' : 'receiver_host',
      host,
      layer: 'scheduler',
      cause: 'cpu_contention',
      culprit: 'process bash',
    },
    inject(testbed) {
      const job = startRealTimeJob(testbed, testbed.host(host).cpu, busyMs);
      return Promise.resolve(() => testbed.processes.end(job));
    },
  }));
