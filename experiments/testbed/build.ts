/** Makes the namespaces, links, overlay, queues and receive steering of a plan. */
import { batch } from '../../primitives/common/loader/iproute2.js';
import {
  BRIDGE,
  type HostPlan,
  LINK_MBIT,
  namespacesOf,
  type Plan,
  POD_MTU,
  UPLINK,
  UPLINK_MBIT,
  VTEP,
  VXLAN_ID,
  VXLAN_PORT,
} from './plan.js';
import { inNamespace } from './shell.js';
import { steering } from './steering.js';

export async function build(plan: Plan): Promise<void> {
  const hosts = Object.values(plan.hosts);
  await batch(
    'ip',
    namespacesOf(plan).map((name) => `netns add ${name}`),
  );
  await batch(
    'ip',
    hosts.flatMap((host) => links(host, plan.middle)),
  );
  await Promise.all([
    batch('ip', ['link set lo up', ...hosts.flatMap(middleLink)], plan.middle),
    ...hosts.map((host) => batch('ip', hostLinks(host, hosts), host.netns)),
    ...hosts.flatMap((host) =>
      host.pods.map((pod) =>
        batch(
          'ip',
          [
            'link set lo up',
            `link set eth0 mtu ${POD_MTU} up`,
            `address add ${pod.address}/24 dev eth0`,
            `route add default via ${host.bridgeAddress}`,
          ],
          pod.netns,
        ),
      ),
    ),
  ]);
  await Promise.all([
    ...hosts.map(hostQueue),
    batch(
      'tc',
      hosts.map((host) => linkQueue(host.middlePort)),
      plan.middle,
    ),
    ...hosts.map((host) => batch('bridge', forwarding(host, hosts), host.netns)),
    inNamespace(plan.middle, 'echo 1 > /proc/sys/net/ipv4/ip_forward'),
    ...hosts.flatMap((host) => [
      inNamespace(host.netns, hostSettings(host)),
      ...host.pods.map((pod) => inNamespace(pod.netns, steering(['eth0'], host.cpu))),
    ]),
  ]);
}

/** The rate of the sender's own queue: a neighbour's bytes make packets wait here, up to 60 ms. */
export const setHostQueue = (host: HostPlan, mbit: number): Promise<void> =>
  batch(
    'tc',
    [
      `class replace dev ${UPLINK} parent 1: classid 1:1 htb rate ${mbit}mbit burst 64kb cburst 64kb quantum 60000`,
      `qdisc replace dev ${UPLINK} parent 1:1 handle 10: bfifo limit ${mbit * 7500}`,
    ],
    host.netns,
  );

/**
 * HTB with one class, not TBF: TBF segments and frees super-packets before the kernel reports that it took them, HTB
 * hands each packet on as it came.
 */
async function hostQueue(host: HostPlan): Promise<void> {
  await batch('tc', [`qdisc add dev ${UPLINK} root handle 1: htb default 1`], host.netns);
  await setHostQueue(host, UPLINK_MBIT[host.role]);
}

/** A link of the underlay with the buffer of a deep switch port, 60 ms. */
const linkQueue = (port: string): string =>
  `qdisc replace dev ${port} root tbf rate ${LINK_MBIT}mbit burst 64kb limit ${LINK_MBIT * 7500}`;

/** The buffer of a shallow one, of so many packets, whatever their size; answers how to undo it. */
export async function makeShallow(
  middle: string,
  port: string,
  packets: number,
): Promise<() => Promise<void>> {
  const remove = `qdisc delete dev ${port} root`;
  await batch(
    'tc',
    [
      remove,
      `qdisc add dev ${port} root handle 1: tbf rate ${LINK_MBIT}mbit burst 8kb limit 1mb`,
      `qdisc add dev ${port} parent 1:1 handle 10: pfifo limit ${packets}`,
    ],
    middle,
  );
  return () => batch('tc', [remove, linkQueue(port)], middle);
}

const links = (host: HostPlan, middle: string): string[] => [
  `link add ${UPLINK} netns ${host.netns} type veth peer name ${host.middlePort} netns ${middle}`,
  ...host.pods.map(
    (pod) => `link add ${pod.veth} netns ${host.netns} type veth peer name eth0 netns ${pod.netns}`,
  ),
];

const middleLink = (host: HostPlan): string[] => [
  `address add ${host.gateway}/24 dev ${host.middlePort}`,
  `link set ${host.middlePort} up`,
];

/** Flannel's way: a bridge for the pods, one VXLAN device, a route, a neighbour and an FDB entry per other host. */
function hostLinks(host: HostPlan, hosts: readonly HostPlan[]): string[] {
  return [
    'link set lo up',
    `address add ${host.underlay}/24 dev ${UPLINK}`,
    `link set ${UPLINK} up`,
    `route add default via ${host.gateway}`,
    `link add ${BRIDGE} mtu ${POD_MTU} type bridge`,
    `address add ${host.bridgeAddress}/24 dev ${BRIDGE}`,
    `link set ${BRIDGE} up`,
    ...host.pods.map((pod) => `link set ${pod.veth} mtu ${POD_MTU} master ${BRIDGE} up`),
    `link add ${VTEP} address ${host.vtepMac} mtu ${POD_MTU} type vxlan id ${VXLAN_ID} dstport ${VXLAN_PORT} local ${host.underlay} dev ${UPLINK} nolearning`,
    `address add ${host.vtepAddress}/32 dev ${VTEP}`,
    `link set ${VTEP} up`,
    ...others(host, hosts).flatMap((other) => [
      `route add ${other.podSubnet} via ${other.vtepAddress} dev ${VTEP} onlink`,
      `neighbour add ${other.vtepAddress} lladdr ${other.vtepMac} dev ${VTEP} nud permanent`,
    ]),
  ];
}

const forwarding = (host: HostPlan, hosts: readonly HostPlan[]): string[] =>
  others(host, hosts).map(
    (other) => `fdb append ${other.vtepMac} dev ${VTEP} dst ${other.underlay}`,
  );

const others = (host: HostPlan, hosts: readonly HostPlan[]): HostPlan[] =>
  hosts.filter((other) => other !== host);

/**
 * Tunnel segmentation is left to the host: a relay in the middle would lose super-packets.
 * Receive steering gives each host its own processor.
 */
const hostSettings = (host: HostPlan): string => `
echo 1 > /proc/sys/net/ipv4/ip_forward
ethtool -K ${UPLINK} tx-udp_tnl-segmentation off tx-udp_tnl-csum-segmentation off > /dev/null
${steering([UPLINK, VTEP, ...host.pods.map((pod) => pod.veth)], host.cpu)}`;
