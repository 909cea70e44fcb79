import type { LossPlace } from '../common/loader/index.js';

/** What the monitor's program may have to give up. */
export const MONITOR_LOSSES: readonly LossPlace[] = [
  [1, 'map nv_samplings', 'full', 'tap'],
  [4, 'ring alerts', 'full'],
  [5, 'ring samples', 'full'],
  [6, 'ring tap_events', 'full', 'tap'],
  [7, 'map nv_flows', 'full'],
  [8, 'map nv_mappings', 'full'],
  [9, 'map nv_flows', 'evicted'],
  [10, 'ring dns_exchanges', 'full'],
  [11, 'ring dns_exchanges', 'budget'],
  [12, 'map nv_dns_pending', 'full'],
  [13, 'map nv_quic', 'full'],
  [14, 'ring flights', 'full'],
];
