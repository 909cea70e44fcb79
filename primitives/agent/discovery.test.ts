import { describe, expect, it } from 'vitest';
import { discoverTaps, type DiscoveryRules } from './discovery.js';
import type { IpLink, IpRoute } from './topology.js';
import { ambiguousUplinks } from './uplinks.js';

const address = (local: string, prefixlen = 24) => ({ local, prefixlen, scope: 'global' });
let nextIndex = 1;
const link = (ifname: string, kind = '', more: Partial<IpLink> = {}): IpLink => ({
  ifindex: nextIndex++,
  ifname,
  flags: ifname === 'lo' ? ['LOOPBACK', 'UP'] : ['BROADCAST', 'UP'],
  ...(kind === '' ? {} : { linkinfo: { info_kind: kind } }),
  ...more,
});
const pod = (ifname: string, nsid: number, more: Partial<IpLink> = {}): IpLink =>
  link(ifname, 'veth', { link_netnsid: nsid, ...more });
const connected = (dst: string, dev: string): IpRoute => ({
  type: 'unicast',
  dst,
  dev,
  protocol: 'kernel',
  scope: 'link',
});
const via = (dst: string, gateway: string, dev: string): IpRoute => ({ dst, gateway, dev });

function rolesOf(links: IpLink[], routes: IpRoute[], rules?: DiscoveryRules) {
  const taps = discoverTaps(links, routes, rules);
  return Object.fromEntries(taps.map(({ ifname, role }) => [ifname, role]));
}

describe('discoverTaps', () => {
  it('takes the wire below a flannel vxlan, and the bridge members as pods', () => {
    const links = [
      link('lo'),
      link('ens3', '', { addr_info: [address('192.0.2.10')] }),
      link('flannel.1', 'vxlan', {
        linkinfo: { info_kind: 'vxlan', info_data: { link: 'ens3', local: '192.0.2.10' } },
        addr_info: [address('10.244.0.0', 32)],
      }),
      link('cni0', 'bridge', { addr_info: [address('10.244.0.1')] }),
      pod('veth1a2b', 0, { master: 'cni0' }),
      pod('veth3c4d', 1, { master: 'cni0' }),
    ];
    const routes = [
      via('10.244.1.0/24', '10.244.1.0', 'flannel.1'),
      connected('10.244.0.0/24', 'cni0'),
      connected('192.0.2.0/24', 'ens3'),
    ];
    expect(rolesOf(links, routes)).toEqual({ ens3: 'uplink', veth1a2b: 'pod', veth3c4d: 'pod' });
  });

  it('reads calico: host routes of one address lead to pods, gateways to the uplink', () => {
    const links = [
      link('eth0', '', { addr_info: [address('198.51.100.4')] }),
      link('tunl0', 'ipip', { addr_info: [address('10.1.0.0', 32)] }),
      pod('cali12', 0),
      pod('cali34', 1),
    ];
    const routes = [
      via('default', '198.51.100.1', 'eth0'),
      via('10.1.7.0/26', '198.51.100.9', 'tunl0'),
      { dst: '10.1.0.2', dev: 'cali12', scope: 'link' },
      { dst: '10.1.0.3', dev: 'cali34', scope: 'link' },
    ];
    expect(rolesOf(links, routes)).toEqual({ eth0: 'uplink', cali12: 'pod', cali34: 'pod' });
  });

  it('takes a veth with a network of its own as uplink when nothing has a gateway', () => {
    const links = [
      link('lo'),
      pod('up0', 0, { addr_info: [address('10.9.0.1')] }),
      link('br0', 'bridge', { addr_info: [address('10.8.0.1')] }),
      pod('pod0', 1, { master: 'br0' }),
    ];
    const routes = [connected('10.9.0.0/24', 'up0'), connected('10.8.0.0/24', 'br0')];
    expect(rolesOf(links, routes)).toEqual({ up0: 'uplink', pod0: 'pod' });
  });

  it('calls a veth that is its peer’s gateway a pod', () => {
    const links = [pod('a', 0, { addr_info: [address('10.9.0.1')] })];
    const routes = [connected('10.9.0.0/24', 'a')];
    expect(ambiguousUplinks(links, routes, {}).map(({ ifname }) => ifname)).toEqual(['a']);
    expect(rolesOf(links, routes)).toEqual({ a: 'uplink' });
    expect(rolesOf(links, routes, { gatewayFor: new Set(['a']) })).toEqual({ a: 'pod' });
  });

  it('looks through a bridge that holds the default route to its wire', () => {
    const bridge = link('br0', 'bridge', { addr_info: [address('192.0.2.2')] });
    const routes = [via('default', '192.0.2.1', 'br0')];
    const wired = [
      link('enp1s0', '', { master: 'br0' }),
      bridge,
      pod('vnet0', 0, { master: 'br0' }),
    ];
    expect(rolesOf(wired, routes)).toEqual({ enp1s0: 'uplink', vnet0: 'pod' });
    expect(rolesOf([bridge, pod('vnet0', 0, { master: 'br0' })], routes)).toEqual({
      br0: 'uplink',
      vnet0: 'pod',
    });
  });

  it('keeps every hop of a multipath route', () => {
    const links = [link('eth0'), link('eth1'), link('eth2')];
    const nexthops = [
      { gateway: '10.0.0.1', dev: 'eth0' },
      { gateway: '10.0.1.1', dev: 'eth1' },
    ];
    expect(rolesOf(links, [{ dst: 'default', nexthops }])).toEqual({
      eth0: 'uplink',
      eth1: 'uplink',
    });
  });

  it('obeys names given by hand', () => {
    const links = [link('eth0'), link('eth1'), pod('veth0', 0), pod('tap.a', 1), pod('tapxa', 2)];
    const routes = [via('default', '10.0.0.1', 'eth0')];
    expect(rolesOf(links, routes, { uplinks: ['eth1'], pods: 'tap.?' })).toEqual({
      eth1: 'uplink',
      'tap.a': 'pod',
    });
  });

  it('does not mistake a macvlan, whose parent is elsewhere, for a pod', () => {
    const links = [link('mac0', 'macvlan', { link_netnsid: 0 })];
    expect(rolesOf(links, [via('default', '10.0.0.1', 'mac0')])).toEqual({ mac0: 'uplink' });
    expect(rolesOf(links, [])).toEqual({});
  });
});
