import { startBulk } from '../workloads/index.js';
import { graded } from './grades.js';

const STREAMS = 2;
const SCALE = { what: 'load offered', unit: 'Mbit/s', values: [60, 85, 400] } as const;

/** A pod of the third host shares the middle's link towards b with the victim and fills it. */
export const congestedLink = graded({ ...SCALE, usual: 400 }, (mbit) => ({
  id: 'congested_link',
  title: `c-p2 wants to send ${mbit} Mbit/s to b-p2 over the link of the middle towards b`,
  label: { domain: 'network', host: null, layer: 'path', cause: 'congested_link', culprit: 'c-p2' },
  inject(testbed) {
    const bulk = startBulk(
      testbed,
      { host: 'c', pod: 2 },
      { host: 'b', pod: 2 },
      { port: 5302, streams: STREAMS, mbit: mbit / STREAMS },
    );
    return Promise.resolve(() => bulk.stop());
  },
}));
