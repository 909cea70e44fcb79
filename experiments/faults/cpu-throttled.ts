import { limitCpu } from '../testbed/cpu-quota.js';
import type { Fault } from './fault.js';

const PERCENT = 5;

/** A CPU limit on the server alone. */
export const cpuThrottled: Fault = {
  id: 'cpu_throttled',
  title: `the server in b-p1 may use ${PERCENT} ms of processor time in each 100`,
  label: { domain: 'receiver_host', host: 'b', layer: 'scheduler', cause: 'cpu_throttled' },
  inject(testbed, { server }) {
    return Promise.resolve(limitCpu(testbed.plan.cgroup, server?.pid ?? 0, PERCENT));
  },
};
