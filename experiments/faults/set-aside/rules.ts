/** Rules that drop some, or the answers only. */
import { dropForwarded } from '../drop-rule.js';
import { RPC_PORT } from '../../workloads/index.js';
import { graded } from '../grades.js';
import { receiverHost } from '../commands.js';

const ALLOWED = { what: 'rate let through', unit: 'packets/s', values: [200, 100, 50] } as const;

export const rateLimitRule = graded({ ...ALLOWED, usual: 100 }, (rate) => ({
  id: 'rate_limit_rule',
  title: `a rule on b drops what exceeds ${rate} packets a second to port ${RPC_PORT}`,
  label: receiverHost('b', 'netfilter', 'netfilter_drop'),
  inject: (testbed) =>
    dropForwarded(
      testbed.host('b').netns,
      `tcp dport ${RPC_PORT} limit rate over ${rate}/second burst 20 packets`,
    ),
}));

const LOST = { what: 'packets lost', unit: '%', values: [1, 4, 12] } as const;

export const answersLost = graded({ ...LOST, usual: 4 }, (percent) => ({
  id: 'answers_lost',
  title: `the middle drops ${percent} % of what b sends to a`,
  label: { domain: 'network', host: null, layer: 'path', cause: 'packet_loss' },
  inject: ({ plan }) =>
    dropForwarded(plan.middle, `iifname to-b oifname to-a numgen random mod 100 < ${percent}`),
}));
