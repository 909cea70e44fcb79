/** Rules inside pods and about the tunnel: what they drop no pod tap misses. */
import { type PodPlan, VXLAN_PORT } from '../testbed/plan.js';
import type { Testbed } from '../testbed/index.js';
import { RPC_PORT } from '../workloads/index.js';
import { receiverHost, senderHost } from './commands.js';
import { ruleAt } from './drop-rule.js';
import type { Fault } from './fault.js';
import { graded } from './grades.js';

const BY_RULE = ['netfilter', 'netfilter_drop'] as const;
/** The table of all of them. */
const culprit = 'rule ip nv ';

export const podFirewall: Fault = {
  id: 'pod_firewall',
  title: `a rule inside b-p1 drops what comes for port ${RPC_PORT}`,
  label: { ...receiverHost('b', ...BY_RULE), culprit },
  inject: (testbed) => ruleAt(testbed.pod('b', 1).netns, 'input', `tcp dport ${RPC_PORT} drop`),
};

const LOST = { what: 'packets dropped', unit: '%', values: [2, 5, 15] } as const;

const some = (
  pod: (testbed: Testbed) => PodPlan,
  match: string,
  percent: number,
): Pick<Fault, 'inject'> => ({
  inject: (testbed) =>
    ruleAt(pod(testbed).netns, 'output', `${match} numgen random mod 100 < ${percent} drop`),
});

export const serverPodDrops = graded({ ...LOST, usual: 5 }, (percent) => ({
  id: 'server_pod_drops',
  title: `a rule inside b-p1 drops ${percent} % of what its server sends`,
  label: { ...receiverHost('b', ...BY_RULE), culprit },
  ...some((testbed) => testbed.pod('b', 1), `tcp sport ${RPC_PORT}`, percent),
}));

export const clientPodDrops = graded({ ...LOST, usual: 5 }, (percent) => ({
  id: 'client_pod_drops',
  title: `a rule inside a-p1 drops ${percent} % of what its client sends`,
  label: { ...senderHost('a', ...BY_RULE), culprit },
  ...some((testbed) => testbed.pod('a', 1), `tcp dport ${RPC_PORT}`, percent),
}));

export const tunnelFiltered: Fault = {
  id: 'tunnel_filtered',
  title: 'a rule on b drops what comes through tunnels',
  label: { ...receiverHost('b', ...BY_RULE), culprit },
  inject: (testbed) => ruleAt(testbed.host('b').netns, 'input', `udp dport ${VXLAN_PORT} drop`),
};
