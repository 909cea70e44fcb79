import { batch } from '../../primitives/common/loader/iproute2.js';
import { inNamespace } from '../testbed/shell.js';
import { VXLAN_PORT } from '../testbed/plan.js';
import { startSink, startStream } from '../workloads/index.js';
import type { Fault } from './fault.js';

const PORT = 8093;
const MTU = 1300;

/** Tunnel packets that must not be fragmented, and errors about it that nobody gets to hear. */
const RULES = `table ip black-hole {
  chain arriving {
    type filter hook prerouting priority mangle;
    udp dport ${VXLAN_PORT} ip frag-off set 0x4000
  }
  chain answering {
    type filter hook output priority filter;
    icmp type destination-unreachable icmp code frag-needed drop
  }
}`;

/** The middle's way towards b carries less than the hosts think, and does not tell. */
export const mtuBlackHole: Fault = {
  id: 'mtu_black_hole',
  title: `the middle carries no packet above ${MTU} bytes towards b and tells nobody; a-p1 streams to b-p1`,
  label: { domain: 'network', host: null, layer: 'path', cause: 'mtu_black_hole' },
  cast(testbed) {
    const to = { host: 'b', pod: 1 } as const;
    return {
      server: startSink(testbed, to, PORT),
      victims: [startStream(testbed, { host: 'a', pod: 1 }, to, { port: PORT, mbit: 20 })],
    };
  },
  async inject(testbed) {
    const { middle } = testbed.plan;
    const { gateway, middlePort } = testbed.host('b');
    const subnet = gateway.replace(/\d+$/, '0/24');
    const route = (mtu: string): Promise<void> =>
      batch(
        'ip',
        [`route replace ${subnet} dev ${middlePort} proto kernel scope link src ${gateway} ${mtu}`],
        middle,
      );
    await inNamespace(middle, `nft -f - <<'RULES'\n${RULES}\nRULES`);
    await route(`mtu lock ${MTU}`);
    return async () => {
      await route('');
      await inNamespace(middle, 'nft delete table ip black-hole');
    };
  },
};
