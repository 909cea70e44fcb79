/** Rules that drop some, or the answers only. */
import { dropForwarded } from '../drop-rule.js';
import { RPC_PORT } from '../../workloads/index.js';
import type { Fault } from '../fault.js';
import { receiverHost, until } from '../commands.js';

export const rateLimitRule: Fault = {
  id: 'rate_limit_rule',
  title: `a rule on b drops what exceeds 100 packets a second to port ${RPC_PORT}`,
  label: receiverHost('b', 'netfilter', 'netfilter_drop'),
  inject: (testbed) =>
    dropForwarded(
      testbed.host('b').netns,
      `tcp dport ${RPC_PORT} limit rate over 100/second burst 20 packets`,
    ),
};

export const answersLost: Fault = {
  id: 'answers_lost',
  title: 'the middle drops 4 % of what b sends to a',
  label: { domain: 'network', host: null, layer: 'path', cause: 'packet_loss' },
  inject: ({ plan }) =>
    dropForwarded(plan.middle, 'iifname to-b oifname to-a numgen random mod 100 < 4'),
};

export const podFirewall: Fault = {
  id: 'pod_firewall',
  title: `a rule inside b-p1 drops what comes for port ${RPC_PORT}`,
  label: receiverHost('b', 'netfilter', 'netfilter_drop'),
  inject: (testbed) =>
    until(testbed.pod('b', 1).netns, {
      begin: `nft add table ip nv
nft 'add chain ip nv input { type filter hook input priority 0; }'
nft 'add rule ip nv input tcp dport ${RPC_PORT} drop'`,
      end: 'nft delete table ip nv',
    }),
};
