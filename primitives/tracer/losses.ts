import type { LossPlace } from '../common/loader/index.js';
import { PACKET_PROBES, SCHED_KINDS, SOCKET_PROBES } from '../common/schema/streams.js';

const ring = (first: number, name: string, probes: readonly string[]): LossPlace[] =>
  probes.map((probe, index) => [first + index, `ring ${name}`, 'full', probe]);

/** What the tracer's programs may have to give up. */
export const TRACER_LOSSES: readonly LossPlace[] = [
  [1, 'map nv_samplings', 'full'],
  [2, 'ring packet_events', 'budget', 'dev_xmit'],
  [3, 'ring sched_events', 'budget', 'slice'],
  ...ring(16, 'packet_events', PACKET_PROBES),
  ...ring(32, 'socket_events', SOCKET_PROBES),
  ...ring(48, 'sched_events', SCHED_KINDS),
];
