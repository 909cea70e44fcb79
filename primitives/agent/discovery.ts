/** Which interfaces of a host deserve a tap. */
import { hasForeignPeer, type IpLink, type IpRoute, isLoopback } from './topology.js';
import { findUplinks, type UplinkRules } from './uplinks.js';

export interface DiscoveredTap {
  readonly ifindex: number;
  readonly ifname: string;
  readonly role: 'pod' | 'uplink';
  /** Of a pod: id of its namespace as seen from the host's; -1 if unknown. */
  readonly nsid: number;
}

export interface DiscoveryRules extends UplinkRules {
  /** Host sides of pods by glob, instead of by kind. */
  readonly pods?: string;
}

export function discoverTaps(
  links: readonly IpLink[],
  routes: readonly IpRoute[],
  rules: DiscoveryRules = {},
): DiscoveredTap[] {
  const uplinks = findUplinks(links, routes, rules);
  const isPod = podTest(rules);
  return links.flatMap((link) => {
    if (uplinks.has(link.ifname)) return [tapOf(link, 'uplink')];
    return isPod(link) ? [tapOf(link, 'pod')] : [];
  });
}

const tapOf = (link: IpLink, role: DiscoveredTap['role']): DiscoveredTap => ({
  ifindex: link.ifindex,
  ifname: link.ifname,
  role,
  nsid: link.link_netnsid ?? -1,
});

function podTest(rules: DiscoveryRules): (link: IpLink) => boolean {
  if (rules.pods === undefined) return hasForeignPeer;
  const pattern = globPattern(rules.pods);
  return (link) => pattern.test(link.ifname) && !isLoopback(link);
}

function globPattern(glob: string): RegExp {
  const escaped = glob.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}
