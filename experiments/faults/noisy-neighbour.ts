import { startBulk } from '../workloads/index.js';
import { graded } from './grades.js';

/** As fast as TCP gets: the sender does not hold itself back. */
const NO_LIMIT = 1000;
const SCALE = { what: 'load offered', unit: 'Mbit/s', values: [30, 54, NO_LIMIT] } as const;

/** The other pod of the victim's host fills the uplink's queue; its bytes go elsewhere, the middle has room. */
export const noisyNeighbour = graded({ ...SCALE, usual: NO_LIMIT }, (mbit) => ({
  id: 'noisy_neighbour',
  title: `a-p2 sends up to ${mbit} Mbit/s to c-p2 through the uplink of a`,
  label: {
    domain: 'sender_host',
    host: 'a',
    layer: 'qdisc',
    cause: 'noisy_neighbour',
    culprit: 'a-p2',
  },
  inject(testbed) {
    const bulk = startBulk(
      testbed,
      { host: 'a', pod: 2 },
      { host: 'c', pod: 2 },
      { port: 5301, ...(mbit < NO_LIMIT && { mbit }) },
    );
    return Promise.resolve(() => bulk.stop());
  },
}));
