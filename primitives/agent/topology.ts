/** What `ip -json -details` says of a namespace's interfaces and routes, and what a link is. */

/** One object of `ip -json -details addr show`. */
export interface IpLink {
  readonly ifindex: number;
  readonly ifname: string;
  readonly flags?: readonly string[];
  readonly master?: string;
  /** Present when the peer or parent is in another namespace: that namespace's id as seen from here. */
  readonly link_netnsid?: number;
  /** Of the peer or parent, in its own namespace. */
  readonly link_index?: number;
  readonly linkinfo?: {
    readonly info_kind?: string;
    readonly info_slave_kind?: string;
    readonly info_data?: { readonly link?: string; readonly local?: string };
  };
  readonly addr_info?: readonly IpAddress[];
}

export interface IpAddress {
  readonly local?: string;
  readonly prefixlen?: number;
  readonly scope?: string;
}

/** One object of `ip -json -details route show table all`. */
export interface IpRoute {
  readonly type?: string;
  readonly dst: string;
  readonly table?: string;
  readonly dev?: string;
  readonly gateway?: string;
  readonly via?: { readonly host: string };
  readonly scope?: string;
  readonly protocol?: string;
  readonly nexthops?: readonly { readonly dev?: string; readonly gateway?: string }[];
}

/** Devices that carry packets inside packets of another device, or that no packet leaves by. */
const NOT_A_WIRE = new Set([
  'vxlan',
  'geneve',
  'ipip',
  'sit',
  'ip6tnl',
  'gre',
  'gretap',
  'ip6gre',
  'ip6gretap',
  'vti',
  'vti6',
  'xfrm',
  'wireguard',
  'tun',
  'dummy',
  'ifb',
  'nlmon',
]);
/** Devices that come in pairs, one end in the host's namespace and one in a pod's. */
const PAIRED = new Set(['veth', 'netkit']);

export const kindOf = (link: IpLink): string => link.linkinfo?.info_kind ?? '';

export const isPaired = (link: IpLink): boolean => PAIRED.has(kindOf(link));

export const hasForeignPeer = (link: IpLink): boolean =>
  isPaired(link) && link.link_netnsid !== undefined;

export const isLoopback = (link: IpLink): boolean => link.flags?.includes('LOOPBACK') ?? false;

export const isTunnel = (link: IpLink): boolean => NOT_A_WIRE.has(kindOf(link));

export const isBridge = (link: IpLink): boolean => kindOf(link) === 'bridge';

export const hasGlobalAddress = (link: IpLink): boolean =>
  (link.addr_info ?? []).some(({ scope }) => scope === 'global');

export const ownsAddress = (link: IpLink, address: string): boolean =>
  (link.addr_info ?? []).some(({ local }) => local === address);

export const isUnicast = (route: IpRoute): boolean => (route.type ?? 'unicast') === 'unicast';
