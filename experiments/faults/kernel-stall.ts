import { startClient, startServer } from '../workloads/index.js';
import { script } from '../workloads/script.js';
import type { Fault } from './fault.js';
import { graded } from './grades.js';

/** A task that keeps softirqs off, from SIGUSR2 on. */
const STALL = '../../primitives/tracer/softirq/fixture/stall';
const PORT = 8093;
const PAUSE_MS = 50;
const SCALE = { what: 'softirqs off at once', unit: 'ms', values: [8, 15, 30] } as const;

/**
 * A task keeps softirqs off on the processor where a host receives. Of a, whose client has a processor elsewhere, only
 * packets wait; it shares its own with c, so its traffic is the only one.
 */
export const kernelStall = (host: 'a' | 'b', id: string): Fault =>
  graded({ ...SCALE, usual: 30 }, (stallMs) => ({
    id,
    title: `softirqs of ${host} are off for ${stallMs} ms about every ${stallMs + PAUSE_MS}`,
    label: {
      domain: host === 'a' ? 'sender_host' : 'receiver_host',
      host,
      layer: 'scheduler',
      cause: 'kernel_stall',
      culprit: 'process node',
    },
    alone: host === 'a',
    cast(testbed) {
      const [from, to] = [
        { host: 'a', pod: 1, cpu: testbed.host(host === 'a' ? 'b' : 'a').cpu },
        { host: 'b', pod: 1 },
      ] as const;
      const command = [...script(import.meta.url, STALL), String(stallMs), String(PAUSE_MS)];
      return {
        server: startServer(testbed, to, PORT),
        victims: [startClient(testbed, from, to, { port: PORT, pauseMs: 5 })],
        others: [testbed.processes.spawn(command, { cpu: testbed.host(host).cpu })],
      };
    },
    inject(_, { others }) {
      const toggle = (): Promise<void> => {
        for (const task of others ?? []) task.kill('SIGUSR2');
        return Promise.resolve();
      };
      return toggle().then(() => toggle);
    },
  }));
