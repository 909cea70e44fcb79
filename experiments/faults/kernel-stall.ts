import { startClient, startServer } from '../workloads/index.js';
import { script } from '../workloads/script.js';
import type { Fault } from './fault.js';

/** A task that keeps softirqs off, from SIGUSR2 on. */
const STALL = '../../primitives/tracer/softirq/fixture/stall';
const PORT = 8093;
const STALL_MS = 30;
const PAUSE_MS = 50;

/**
 * A task keeps softirqs off on the processor where a host receives. Of a, whose client has a processor elsewhere, only
 * packets wait; it shares its own with c, so its traffic is the only one.
 */
export const kernelStall = (host: 'a' | 'b', id: string): Fault => ({
  id,
  title: `softirqs of ${host} are off for ${STALL_MS} ms about every ${STALL_MS + PAUSE_MS}`,
  label: {
    domain: host === 'a' ? 'sender_host' : 'receiver_host',
    host,
    layer: 'scheduler',
    cause: 'kernel_stall',
  },
  alone: host === 'a',
  cast(testbed) {
    const [from, to] = [
      { host: 'a', pod: 1, cpu: testbed.host(host === 'a' ? 'b' : 'a').cpu },
      { host: 'b', pod: 1 },
    ] as const;
    const command = [...script(import.meta.url, STALL), String(STALL_MS), String(PAUSE_MS)];
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
});
