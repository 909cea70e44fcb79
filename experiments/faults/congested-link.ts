import { startBulk } from '../workloads/index.js';
import type { Fault } from './fault.js';

/** A pod of the third host shares the middle's link towards b with the victim and fills it. */
export const congestedLink: Fault = {
  id: 'congested_link',
  title: 'c-p2 sends to b-p2 more than the link of the middle towards b carries',
  label: { domain: 'network', host: null, layer: 'path', cause: 'congested_link' },
  inject(testbed) {
    const bulk = startBulk(
      testbed,
      { host: 'c', pod: 2 },
      { host: 'b', pod: 2 },
      { port: 5302, streams: 2 },
    );
    return Promise.resolve(() => bulk.stop());
  },
};
