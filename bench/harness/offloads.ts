import { type Pair, PAIR_DEVICE } from '../../experiments/testbed/pair.js';
import { inNamespace } from '../../experiments/testbed/shell.js';

export async function oneSegmentAPacket({ client, server }: Pair): Promise<void> {
  await Promise.all([client, server].map(({ netns }) => withoutOffloads(netns)));
}

/** Both: without offloads TCP still hands super-packets to TC, which the device then splits in software. */
async function withoutOffloads(netns: string): Promise<void> {
  await inNamespace(
    netns,
    `ethtool -K ${PAIR_DEVICE} tso off gso off gro off > /dev/null
ip link set ${PAIR_DEVICE} gso_max_segs 1`,
  );
}
