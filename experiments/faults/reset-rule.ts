import { RPC_PORT } from '../workloads/index.js';
import { senderHost } from './commands.js';
import { ruleAt } from './drop-rule.js';
import type { Fault } from './fault.js';

/** Not the server refuses, but a rule in its name. */
export const resetRule: Fault = {
  id: 'reset_rule',
  title: `a rule on a answers every packet to port ${RPC_PORT} with a reset`,
  label: senderHost('a', 'netfilter', 'netfilter_drop'),
  inject: (testbed) =>
    ruleAt(
      testbed.host('a').netns,
      'forward',
      `ip saddr ${testbed.pod('a', 1).address} tcp dport ${RPC_PORT} reject with tcp reset`,
    ),
};
