import { receiveInThread } from '../testbed/steering.js';
import { startClient, startServer } from '../workloads/index.js';
import { BUSY, PERIOD_MS, startRealTimeJob } from './cpu-contention.js';
import type { Fault } from './fault.js';
import { graded } from './grades.js';

const PORT = 8094;

/**
 * Real-time bursts on the processor where a host receives, in a thread. Whoever talks runs on the other end's: packets
 * alone wait.
 */
export const softirqStarvation = (host: 'a' | 'b', id: string): Fault =>
  graded(BUSY, (busyMs) => ({
    id,
    title: `a real-time job where ${host} receives packets: ${busyMs} ms of every ${PERIOD_MS}`,
    label: {
      domain: host === 'a' ? 'sender_host' : 'receiver_host',
      host,
      layer: 'softirq',
      cause: 'softirq_starvation',
      culprit: 'process bash',
    },
    alone: true,
    prepare: (testbed) => receiveInThread(testbed.host(host), testbed.plan.middle),
    cast(testbed) {
      const { cpu } = testbed.host(host === 'a' ? 'b' : 'a');
      const to = { host: 'b', pod: 1, cpu } as const;
      return {
        server: startServer(testbed, to, PORT),
        victims: [startClient(testbed, { host: 'a', pod: 1, cpu }, to, { port: PORT, pauseMs: 5 })],
      };
    },
    inject(testbed) {
      const job = startRealTimeJob(testbed, testbed.host(host).cpu, busyMs);
      return Promise.resolve(() => testbed.processes.end(job));
    },
  }));
