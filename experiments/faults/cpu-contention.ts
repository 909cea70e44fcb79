import { fileURLToPath } from 'node:url';
import type { HostId } from '../testbed/plan.js';
import type { Fault } from './fault.js';

export const BURST = fileURLToPath(new URL('./cpu-burst.sh', import.meta.url)).replace(
  '/dist/',
  '/',
);

/** Real-time bursts on the processor that serves a host: its threads wait, its softirqs do not. */
export const cpuContention = (host: HostId, id: string): Fault => ({
  id,
  title: `a real-time job on the processor of ${host}: 30 ms of every 40`,
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
