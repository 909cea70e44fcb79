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

export interface HostPlan {
  readonly id: HostId;
  readonly netns: string;
  readonly number: number;
  readonly underlay: string;
  /** The middle's address on the link to this host. */
  readonly gateway: string;
  /** The middle's interface towards this host. */
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
export function plan(id: string, cpus: number): Plan {
  const host = (hostId: HostId, number: number): HostPlan => ({
    id: hostId,
    netns: `${PREFIX}-${id}-${hostId}`,
    number,
    underlay: `192.168.${number}.2`,
    gateway: `192.168.${number}.1`,
    middlePort: `to-${hostId}`,
    podSubnet: `10.244.${number}.0/24`,
    bridgeAddress: `10.244.${number}.1`,
    vtepAddress: `10.244.${number}.0`,
    vtepMac: `02:00:00:00:00:0${number}`,
    pods: [pod(hostId, number, 1), pod(hostId, number, 2)],
    cpu: cpus > 2 ? number % cpus : Math.min(cpus - 1, number === 2 ? 1 : 0),
  });
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
    hosts: { a: host('a', 1), b: host('b', 2), c: host('c', 3) },
  };
}

export const namespacesOf = ({ middle, hosts }: Plan): string[] => [
  middle,
  ...Object.values(hosts).flatMap((h) => [h.netns, ...h.pods.map((p) => p.netns)]),
];
