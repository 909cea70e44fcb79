import { PAIR_DEVICE, type PairEnd } from '../../experiments/testbed/pair.js';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import type { Netns } from '../../primitives/common/loader/index.js';
import { links } from '../../primitives/common/loader/iproute2.js';
import type { Fd } from '../../primitives/common/native/index.js';

/** An interface at whose hooks programs run. */
export interface Target {
  readonly netns: Fd;
  readonly ifindex: number;
  readonly ifname: string;
}

/** The device of an end of the pair, whose namespace was opened. */
export async function targetAt(netns: Netns, end: PairEnd): Promise<Target> {
  const device = (await links(end.netns)).find(({ ifname }) => ifname === PAIR_DEVICE);
  if (device) return { netns: netns.fd, ifname: PAIR_DEVICE, ifindex: device.ifindex };
  throw new NetverdictError('NV_INTERFACE_NOT_FOUND', `no ${PAIR_DEVICE} in ${end.netns}`);
}
