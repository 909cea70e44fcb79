import { inNamespace } from '../testbed/shell.js';
import { RPC_PORT } from '../workloads/index.js';
import type { Fault } from './fault.js';

/** A rule on the receiver's own host drops the requests on their way to the pod. */
export const netfilterDrop: Fault = {
  id: 'netfilter_drop',
  title: `a rule on b drops what is forwarded to port ${RPC_PORT}`,
  label: { domain: 'receiver_host', host: 'b', layer: 'netfilter', cause: 'netfilter_drop' },
  async inject(testbed) {
    const { netns } = testbed.host('b');
    await inNamespace(
      netns,
      `nft add table ip nv
nft 'add chain ip nv forward { type filter hook forward priority 0; }'
nft add rule ip nv forward tcp dport ${RPC_PORT} drop`,
    );
    return async () => {
      await inNamespace(netns, 'nft delete table ip nv');
    };
  },
};
