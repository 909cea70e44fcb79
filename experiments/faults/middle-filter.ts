import { RPC_PORT } from '../workloads/index.js';
import { dropForwarded } from './drop-rule.js';
import type { Fault } from './fault.js';

/** A rule in the forward hook of the middle. The VXLAN header lies over what it filters: 50 bytes by offset. */
const middleFilter = (id: string, title: string, match: string): Fault => ({
  id,
  title,
  label: { domain: 'network', host: null, layer: 'path', cause: id },
  inject: ({ plan }) => dropForwarded(plan.middle, match),
});

export const partition: Fault = middleFilter(
  'partition',
  'the middle drops everything between a and b',
  'iifname { to-a, to-b } oifname { to-a, to-b }',
);

/** From the outer transport header: UDP 8, VXLAN 8, Ethernet 14, inner IPv4 20; then ports and, of TCP, 13 bytes in, flags. */
export const INNER_BITS = (8 + 8 + 14 + 20) * 8;

export const synFiltered: Fault = {
  ...middleFilter(
    'syn_filtered',
    `the middle drops SYN to port ${RPC_PORT} of b`,
    `oifname to-b @th,${INNER_BITS + 16},16 ${RPC_PORT} @th,${INNER_BITS + 104},8 & 0x12 == 0x02`,
  ),
  victim: 'short',
};
