import { dropForwarded } from './drop-rule.js';
import type { Fault } from './fault.js';

/** The middle drops packets towards b at random. */
export const packetLoss: Fault = {
  id: 'packet_loss',
  title: 'the middle drops 3 % of the packets towards b',
  label: { domain: 'network', host: null, layer: 'path', cause: 'packet_loss' },
  inject: ({ plan }) => dropForwarded(plan.middle, 'oifname to-b numgen random mod 1000 < 30'),
};
