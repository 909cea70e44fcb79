/** By which interfaces packets leave a host: routes decide, then overlays, then plain networks. */
import {
  hasForeignPeer,
  hasGlobalAddress,
  type IpLink,
  type IpRoute,
  isBridge,
  isLoopback,
  isPaired,
  isTunnel,
  isUnicast,
  ownsAddress,
} from './topology.js';

export interface UplinkRules {
  /** Uplinks by name, instead of by route. */
  readonly uplinks?: readonly string[];
  /** Interfaces whose address is the default gateway inside their peer's namespace: pods, never uplinks. */
  readonly gatewayFor?: ReadonlySet<string>;
}

/** Veths that carry an address and that no route decides on: pods if the peer has them as gateway. */
export function ambiguousUplinks(
  links: readonly IpLink[],
  routes: readonly IpRoute[],
  rules: UplinkRules,
): IpLink[] {
  if (rules.uplinks !== undefined || routedUplinks(links, routes).size > 0) return [];
  return connectedWires(links, routes).filter(hasForeignPeer);
}

export function findUplinks(
  links: readonly IpLink[],
  routes: readonly IpRoute[],
  rules: UplinkRules,
): Set<string> {
  if (rules.uplinks !== undefined) return new Set(rules.uplinks);
  const routed = routedUplinks(links, routes);
  if (routed.size > 0) return routed;
  const candidates = connectedWires(links, routes).filter(
    (link) => !rules.gatewayFor?.has(link.ifname),
  );
  const physical = candidates.filter((link) => !hasForeignPeer(link));
  return new Set((physical.length > 0 ? physical : candidates).map((link) => link.ifname));
}

/** Devices of routes with a gateway, and devices below an overlay. */
function routedUplinks(links: readonly IpLink[], routes: readonly IpRoute[]): Set<string> {
  const devices = [...gatewayDevices(routes), ...underlayDevices(links)];
  return new Set(devices.flatMap((ifname) => wiresOf(ifname, links)));
}

function gatewayDevices(routes: readonly IpRoute[]): string[] {
  const isDefault = (route: IpRoute): number => (route.dst === 'default' ? 0 : 1);
  return routes
    .filter(isUnicast)
    .sort((a, b) => isDefault(a) - isDefault(b))
    .flatMap((route) => [
      ...(route.gateway !== undefined || route.via !== undefined ? [route.dev] : []),
      ...(route.nexthops ?? []).filter((hop) => hop.gateway !== undefined).map((hop) => hop.dev),
    ])
    .filter((dev) => dev !== undefined);
}

function underlayDevices(links: readonly IpLink[]): string[] {
  return links.filter(isTunnel).flatMap(({ linkinfo }) => {
    const { link, local } = linkinfo?.info_data ?? {};
    if (link !== undefined) return [link];
    if (local === undefined) return [];
    return links.filter((other) => ownsAddress(other, local)).map((other) => other.ifname);
  });
}

/** The interface itself, or what a bridge sends by when it stands for a wire. */
function wiresOf(ifname: string, links: readonly IpLink[]): string[] {
  const link = links.find((candidate) => candidate.ifname === ifname);
  if (link === undefined || isLoopback(link) || isTunnel(link)) return [];
  if (!isBridge(link)) return [ifname];
  const wires = bridgeWires(link, links);
  return wires.length > 0 ? wires : [ifname];
}

const bridgeWires = (bridge: IpLink, links: readonly IpLink[]): string[] =>
  links
    .filter((link) => link.master === bridge.ifname)
    .filter((link) => !isPaired(link) && !isTunnel(link))
    .map((link) => link.ifname);

/** Without any gateway: interfaces with an address of their own and a network behind it. */
function connectedWires(links: readonly IpLink[], routes: readonly IpRoute[]): IpLink[] {
  const connected = new Set(
    routes.filter((route) => isUnicast(route) && isConnected(route)).map((route) => route.dev),
  );
  const direct = links.filter(
    (link) =>
      connected.has(link.ifname) &&
      link.master === undefined &&
      hasGlobalAddress(link) &&
      isWire(link),
  );
  const bridged = links
    .filter((link) => isBridge(link) && hasGlobalAddress(link))
    .flatMap((bridge) => bridgeWires(bridge, links));
  return [...direct, ...links.filter((link) => bridged.includes(link.ifname))];
}

const isWire = (link: IpLink): boolean => !isBridge(link) && !isTunnel(link) && !isLoopback(link);

/** IPv6 marks its connected routes by protocol alone. A /32 or /128, also written without a length, is one pod. */
const isConnected = ({ dst, scope, protocol, gateway }: IpRoute): boolean =>
  gateway === undefined &&
  (scope === 'link' || protocol === 'kernel') &&
  dst.includes('/') &&
  !/\/(32|128)$|^fe80:/.test(dst);
