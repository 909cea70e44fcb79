/** Names and addresses of the testbed: three hosts with two pods each around a routed middle. */

export const HOST_IDS = ['a', 'b', 'c'] as const;
export type HostId = (typeof HOST_IDS)[number];

export interface PodPlan {
  readonly name: string;
  readonly netns: string;
  /** Host side of its veth pair; the pod's side is eth0. */
  readonly veth: string;
  readonly address: string;
}

/** Which host plays which part: faults speak of parts (a asks, b answers, c is the third), agents of hosts. */
export interface Roles {
  readonly hosts: Readonly<Record<HostId, HostId>>;
  /** The first pod of each host is its second. */
  readonly swapPods: boolean;
  /** With two processors: b has the first, the others share the second. */
  readonly swapCpus: boolean;
}

const AS_NAMED: Roles = { hosts: { a: 'a', b: 'b', c: 'c' }, swapPods: false, swapCpus: false };

export interface HostPlan {
  readonly id: HostId;
  /** The part that it plays. */
  readonly role: HostId;
  readonly netns: string;
  readonly number: number;
  readonly underlay: string;
  /** The middle's address on the link to this host. */
  readonly gateway: string;
  /** The middle's interface towards this host, named by its part. */
  readonly middlePort: string;
  readonly podSubnet: string;
  readonly bridgeAddress: string;
  readonly vtepAddress: string;
  readonly vtepMac: string;
  readonly pods: readonly [PodPlan, PodPlan];
  /** The processors that serve this host. */
  readonly cpu: number;
}

export interface Plan {
  readonly id: string;
  readonly middle: string;
  /** Of the cpu controller (cgroup v1), for what limits processor time; made when needed. */
  readonly cgroup: string;
  readonly hosts: Readonly<Record<HostId, HostPlan>>;
}

export const UPLINK = 'up0';
export const BRIDGE = 'cni0';
export const VTEP = 'flannel.1';
export const VXLAN_PORT = 8472;
export const VXLAN_ID = 1;
const UNDERLAY_MTU = 1500;
/** Less by the VXLAN header over IPv4 (RFC 7348). */
export const POD_MTU = UNDERLAY_MTU - 50;
/** What a host's own uplink qdisc lets through, and what the middle's links carry, Mbit/s. */
export const UPLINK_MBIT = { a: 60, b: 120, c: 120 };
export const LINK_MBIT = 90;

/** Namespaces of every testbed begin with this. */
const PREFIX = 'nv';

/** @param cpus number of processors of the machine; the third host shares the sender's when there are two. */
export function plan(id: string, cpus: number, roles: Roles = AS_NAMED): Plan {
  const host = (role: HostId): HostPlan => {
    const hostId = roles.hosts[role];
    const number = HOST_IDS.indexOf(hostId) + 1;
    const pods = [pod(hostId, number, 1), pod(hostId, number, 2)] as const;
    return {
      id: hostId,
      role,
      netns: `${PREFIX}-${id}-${hostId}`,
      number,
      underlay: `192.168.${number}.2`,
      gateway: `192.168.${number}.1`,
      middlePort: `to-${role}`,
      podSubnet: `10.244.${number}.0/24`,
      bridgeAddress: `10.244.${number}.1`,
      vtepAddress: `10.244.${number}.0`,
      vtepMac: `02:00:00:00:00:0${number}`,
      pods: roles.swapPods ? [pods[1], pods[0]] : pods,
      cpu: cpuOf(role),
    };
  };
  const cpuOf = (role: HostId): number =>
    cpus > 2
      ? (HOST_IDS.indexOf(role) + 1) % cpus
      : Math.min(cpus - 1, (role === 'b') !== roles.swapCpus ? 1 : 0);
  const pod = (hostId: HostId, number: number, index: number): PodPlan => ({
    name: `${hostId}-p${index}`,
    netns: `${PREFIX}-${id}-${hostId}-p${index}`,
    veth: `veth${index}`,
    address: `10.244.${number}.${10 + index}`,
  });
  return {
    id,
    middle: `${PREFIX}-${id}-mid`,
    cgroup: `/sys/fs/cgroup/cpu/${PREFIX}-${id}`,
    hosts: { a: host('a'), b: host('b'), c: host('c') },
  };
}

export const namespacesOf = ({ middle, hosts }: Plan): string[] => [
  middle,
  ...Object.values(hosts).flatMap((h) => [h.netns, ...h.pods.map((p) => p.netns)]),
];
