import { limitCpu } from '../testbed/cpu-quota.js';
import { graded } from './grades.js';

const SCALE = { what: 'quota', unit: '% of a processor', values: [10, 5, 2] } as const;

/** A CPU limit on the server alone. */
export const cpuThrottled = graded({ ...SCALE, usual: 5 }, (percent) => ({
  id: 'cpu_throttled',
  title: `the server in b-p1 may use ${percent} ms of processor time in each 100`,
  label: {
    domain: 'receiver_host',
    host: 'b',
    layer: 'scheduler',
    cause: 'cpu_throttled',
    culprit: 'cgroup /nv-',
  },
  inject(testbed, { server }) {
    return Promise.resolve(limitCpu(testbed.plan.cgroup, server?.pid ?? 0, percent));
  },
}));
