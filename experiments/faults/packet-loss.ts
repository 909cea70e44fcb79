import { dropForwarded } from './drop-rule.js';
import { graded } from './grades.js';

const SCALE = { what: 'packets lost', unit: '%', values: [0.5, 3, 10] } as const;

/** The middle drops packets towards b at random. */
export const packetLoss = graded({ ...SCALE, usual: 3 }, (percent) => ({
  id: 'packet_loss',
  title: `the middle drops ${percent} % of the packets towards b`,
  label: { domain: 'network', host: null, layer: 'path', cause: 'packet_loss' },
  inject: ({ plan }) =>
    dropForwarded(plan.middle, `oifname to-b numgen random mod 1000 < ${percent * 10}`),
}));
