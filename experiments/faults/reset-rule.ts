import { RPC_PORT } from '../workloads/index.js';
import { senderHost, until } from './commands.js';
import type { Fault } from './fault.js';

/** Not the server refuses, but a rule in its name. */
export const resetRule: Fault = {
  id: 'reset_rule',
  title: `a rule on a answers every packet to port ${RPC_PORT} with a reset`,
  label: senderHost('a', 'netfilter', 'netfilter_drop'),
  inject: (testbed) =>
    until(testbed.host('a').netns, {
      begin: `nft add table ip nv
nft 'add chain ip nv forward { type filter hook forward priority 0; }'
nft 'add rule ip nv forward ip saddr ${testbed.pod('a', 1).address} tcp dport ${RPC_PORT} reject with tcp reset'`,
      end: 'nft delete table ip nv',
    }),
};
