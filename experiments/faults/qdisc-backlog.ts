import { setHostQueue } from '../testbed/build.js';
import { UPLINK_MBIT } from '../testbed/plan.js';
import { startBulk } from '../workloads/index.js';
import type { Fault } from './fault.js';

/** The uplink of a is shaped far below what its own pod sends. */
export const qdiscBacklog: Fault = {
  id: 'qdisc_backlog',
  title: 'the uplink of a is shaped to 10 Mbit/s while a-p1 itself sends more',
  label: { domain: 'sender_host', host: 'a', layer: 'qdisc', cause: 'qdisc_backlog' },
  async inject(testbed) {
    const host = testbed.host('a');
    const bulk = startBulk(
      testbed,
      { host: 'a', pod: 1 },
      { host: 'b', pod: 2 },
      { port: 5303, mbit: 15 },
    );
    await setHostQueue(host, 10);
    return async () => {
      await bulk.stop();
      await setHostQueue(host, UPLINK_MBIT.a);
    };
  },
};
