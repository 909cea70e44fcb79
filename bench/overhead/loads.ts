/** What the hosts send each other: one line each. */
import { oneSegmentAPacket } from '../harness/offloads.js';
import { startBulkTraffic, type Traffic } from '../harness/traffic.js';
import type { Hosts } from './hosts.js';

export const FLOWS = 32;

export interface Load {
  readonly id: string;
  readonly about: string;
  /** As fast as the path carries: its throughput says something. */
  readonly saturated: boolean;
  /** @param ceiling what the path carried natively under the first load, bytes per second. */
  start(hosts: Hosts, ceiling: number): Promise<Traffic>;
}

/** In this order: offloads are switched off for the last. */
export const LOADS: readonly Load[] = [
  {
    id: 'tso',
    about: `${FLOWS} iperf3 flows as fast as the machine carries them, default offloads`,
    saturated: true,
    start: ({ pair }) => startBulkTraffic(pair, { streams: FLOWS }),
  },
  {
    id: 'half',
    about:
      'default offloads, paced by TCP to half of what `tso` carried, so that processors have room',
    saturated: false,
    start: ({ pair }, ceiling) =>
      startBulkTraffic(pair, {
        streams: FLOWS,
        pacedMbit: Math.round((ceiling * 8) / 2 / FLOWS / 1e6),
      }),
  },
  {
    id: 'mss',
    about: 'the same, one segment a packet',
    saturated: true,
    start: ({ pair }) =>
      oneSegmentAPacket(pair).then(() => startBulkTraffic(pair, { streams: FLOWS })),
  },
];
