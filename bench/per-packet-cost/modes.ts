/** The kinds of live traffic: one line each. */
import type { Pair } from '../../experiments/testbed/pair.js';
import { oneSegmentAPacket } from '../harness/offloads.js';
import { startBulkTraffic, startRpcTraffic, type Traffic } from '../harness/traffic.js';

export type Hook = 'egress' | 'ingress';

export interface Mode {
  readonly id: string;
  readonly about: string;
  /** Its throughput or rate is compared as well. */
  readonly rates: boolean;
  /** The hooks whose cost is held against the targets. */
  readonly judged: readonly Hook[];
  start(pair: Pair): Promise<Traffic>;
}

export const FLOWS = 32;
/** A fifth of what a path of one MSS a packet carries, so that the receiver keeps up and answers every other segment. */
const PACED_MBIT = 30;

export const MODES: readonly Mode[] = [
  {
    id: 'tso',
    about: `${FLOWS} bulk streams, default offloads`,
    rates: false,
    judged: ['egress', 'ingress'],
    start: (pair) => startBulkTraffic(pair, { streams: FLOWS }),
  },
  {
    id: 'mss',
    about: `${FLOWS} bulk streams, one MSS a packet`,
    rates: true,
    // A saturated receiver answers once in ten to a hundred packets, as it happens. The rarer, the colder the caches
    // in which its answer finds the program: two such figures tell nothing of each other.
    judged: ['egress'],
    start: (pair) => startSmallPackets(pair),
  },
  {
    id: 'paced',
    about: `the same at ${PACED_MBIT} Mbit/s each, paced by TCP`,
    rates: false,
    judged: ['egress', 'ingress'],
    start: (pair) => startSmallPackets(pair, PACED_MBIT),
  },
  {
    id: 'rpc',
    about: `${FLOWS} closed loops of 64 bytes`,
    rates: true,
    judged: ['egress', 'ingress'],
    start: (pair) => startRpcTraffic(pair, FLOWS),
  },
];

async function startSmallPackets(pair: Pair, pacedMbit?: number): Promise<Traffic> {
  await oneSegmentAPacket(pair);
  const rate = pacedMbit === undefined ? {} : { pacedMbit };
  return startBulkTraffic(pair, { streams: FLOWS, ...rate });
}
