import { RPC_PORT } from '../workloads/index.js';
import { dropForwarded } from './drop-rule.js';
import type { Fault } from './fault.js';

/** A rule on the receiver's own host drops the requests on their way to the pod. */
export const netfilterDrop: Fault = {
  id: 'netfilter_drop',
  title: `a rule on b drops what is forwarded to port ${RPC_PORT}`,
  label: {
    domain: 'receiver_host',
    host: 'b',
    layer: 'netfilter',
    cause: 'netfilter_drop',
    culprit: 'rule ip nv forward: ',
  },
  inject: (testbed) => dropForwarded(testbed.host('b').netns, `tcp dport ${RPC_PORT}`),
};
