/** The kinds of live traffic: one line each. */
import { inNamespace } from '../../experiments/testbed/shell.js';
import { type Pair, PAIR_DEVICE } from '../../experiments/testbed/pair.js';
import { startBulkTraffic, startRpcTraffic, type Traffic } from './traffic.js';

export interface Mode {
  readonly id: string;
  readonly about: string;
  /** Its throughput or rate is compared as well. */
  readonly rates: boolean;
  start(pair: Pair): Promise<Traffic>;
}

export const FLOWS = 32;

export const MODES: readonly Mode[] = [
  {
    id: 'tso',
    about: `${FLOWS} bulk streams, default offloads`,
    rates: false,
    start: (pair) => startBulkTraffic(pair, FLOWS),
  },
  {
    id: 'mss',
    about: `${FLOWS} bulk streams, one MSS a packet`,
    rates: true,
    start: startSmallPackets,
  },
  {
    id: 'rpc',
    about: `${FLOWS} closed loops of 64 bytes`,
    rates: true,
    start: (pair) => startRpcTraffic(pair, FLOWS),
  },
];

async function startSmallPackets(pair: Pair): Promise<Traffic> {
  await Promise.all([pair.client, pair.server].map(({ netns }) => oneSegmentAPacket(netns)));
  return startBulkTraffic(pair, FLOWS);
}

/** Both: without offloads TCP still hands super-packets to TC, which the device then splits in software. */
async function oneSegmentAPacket(netns: string): Promise<void> {
  await inNamespace(
    netns,
    `ethtool -K ${PAIR_DEVICE} tso off gso off gro off > /dev/null
ip link set ${PAIR_DEVICE} gso_max_segs 1`,
  );
}
