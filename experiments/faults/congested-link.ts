import { startBulk } from '../workloads/index.js';
import { graded } from './grades.js';

const STREAMS = 2;
/** As fast as TCP gets: the sender does not hold itself back. */
const NO_LIMIT = 1000;
const SCALE = { what: 'load offered', unit: 'Mbit/s', values: [60, 85, NO_LIMIT] } as const;

/** A pod of the third host shares the middle's link towards b with the victim and fills it. */
export const congestedLink = graded({ ...SCALE, usual: NO_LIMIT }, (mbit) => ({
  id: 'congested_link',
  title: `c-p2 sends up to ${mbit} Mbit/s to b-p2 over the link of the middle towards b`,
  label: { domain: 'network', host: null, layer: 'path', cause: 'congested_link', culprit: 'c-p2' },
  inject(testbed) {
    const bulk = startBulk(
      testbed,
      { host: 'c', pod: 2 },
      { host: 'b', pod: 2 },
      { port: 5302, streams: STREAMS, ...(mbit < NO_LIMIT && { mbit: mbit / STREAMS }) },
    );
    return Promise.resolve(() => bulk.stop());
  },
}));
