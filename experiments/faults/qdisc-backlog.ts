import { setHostQueue } from '../testbed/build.js';
import type { Testbed } from '../testbed/index.js';
import { UPLINK_MBIT } from '../testbed/plan.js';
import { startBulk } from '../workloads/index.js';
import { graded } from './grades.js';

const SCALE = { what: 'rate of the uplink', unit: 'Mbit/s', values: [20, 10, 5] } as const;

/** Shapes the uplink of a while a-p1 sends 15 Mbit/s through it; answers how to undo both. */
export async function narrowUplink(testbed: Testbed, mbit: number): Promise<() => Promise<void>> {
  const host = testbed.host('a');
  const bulk = startBulk(
    testbed,
    { host: 'a', pod: 1 },
    { host: 'b', pod: 2 },
    { port: 5303, mbit: 15 },
  );
  await setHostQueue(host, mbit);
  return async () => {
    await bulk.stop();
    await setHostQueue(host, UPLINK_MBIT.a);
  };
}

/** The uplink of a is shaped far below what its own pod sends. */
export const qdiscBacklog = graded({ ...SCALE, usual: 10 }, (mbit) => ({
  id: 'qdisc_backlog',
  title: `the uplink of a is shaped to ${mbit} Mbit/s while a-p1 itself sends 15`,
  label: {
    domain: 'sender_host',
    host: 'a',
    layer: 'qdisc',
    cause: 'qdisc_backlog',
    culprit: 'qdisc up0',
  },
  inject: (testbed) => narrowUplink(testbed, mbit),
}));
