import { inNamespace } from '../testbed/shell.js';
import type { Fault } from './fault.js';

/** The middle drops packets towards b at random. */
export const packetLoss: Fault = {
  id: 'packet_loss',
  title: 'the middle drops 3 % of the packets towards b',
  label: { domain: 'network', host: null, layer: 'path', cause: 'packet_loss' },
  async inject(testbed) {
    const { middle } = testbed.plan;
    await inNamespace(
      middle,
      `nft add table ip nv
nft 'add chain ip nv forward { type filter hook forward priority 0; }'
nft add rule ip nv forward oifname to-b numgen random mod 1000 '<' 30 drop`,
    );
    return async () => {
      await inNamespace(middle, 'nft delete table ip nv');
    };
  },
};
