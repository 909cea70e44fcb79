import { startBulk } from '../workloads/index.js';
import type { Fault } from './fault.js';

/** The other pod of the victim's host fills the uplink's queue; its bytes go elsewhere, the middle has room. */
export const noisyNeighbour: Fault = {
  id: 'noisy_neighbour',
  title: 'a-p2 sends to c-p2 as fast as the uplink of a lets it',
  label: { domain: 'sender_host', host: 'a', layer: 'qdisc', cause: 'noisy_neighbour' },
  inject(testbed) {
    const bulk = startBulk(testbed, { host: 'a', pod: 2 }, { host: 'c', pod: 2 }, { port: 5301 });
    return Promise.resolve(() => bulk.stop());
  },
};
