import { statSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { native } from '../native/index.js';
import { codeOf } from './fixture/fixture.js';
import { makeVethPair, type VethPair } from './fixture/veth.js';
import { Netns } from './index.js';
import { addresses, batch, links, qdiscs, routes } from './iproute2.js';

describe('inside a namespace', () => {
  let pair: VethPair;
  let netns: Netns;

  beforeAll(async () => {
    pair = await makeVethPair('iproute2');
    netns = Netns.open(pair.left);
  });
  afterAll(async () => {
    netns.close();
    await pair.destroy();
  });

  it('knows namespaces by inode and by the id that another has for them', async () => {
    const other = Netns.open(`/run/netns/${pair.right}`);
    expect(other.inode).toBe(statSync(`/run/netns/${pair.right}`).ino);
    const [veth] = (await links(pair.left)).filter(({ ifname }) => ifname === pair.ifname);
    expect(netns.idOf(other)).toBe(veth?.link_netnsid);
    const self = Netns.open();
    expect(other.idOf(self)).toBe(-1);
    self.close();
    other.close();
    expect(codeOf(() => Netns.open('nvt-no-such'))).toBe('NV_NETNS_NOT_FOUND');
    expect(codeOf(() => Netns.open('/etc/hostname'))).toBe('NV_NETNS_NOT_FOUND');
  });

  it('reads links, addresses, routes and qdiscs of a namespace', async () => {
    await batch('tc', ['qdisc add dev nvt0 root tbf rate 1mbit burst 10k limit 50k'], pair.right);
    const [veth] = (await addresses(pair.right)).filter(({ ifname }) => ifname === pair.ifname);
    expect(veth).toMatchObject({ ifindex: pair.ifindex, linkinfo: { info_kind: 'veth' } });
    expect(veth?.addr_info[0]).toMatchObject({ family: 'inet', local: '192.0.2.2', prefixlen: 24 });
    expect(await routes(pair.right)).toMatchObject([{ dst: '192.0.2.0/24', dev: pair.ifname }]);
    const [tbf] = (await qdiscs(pair.right)).filter(({ kind }) => kind === 'tbf');
    expect(tbf).toMatchObject({ dev: pair.ifname, root: true, drops: 0, backlog: 0, qlen: 0 });
  });

  it('quotes the line of a batch that failed', async () => {
    const lines = ['link set nvt0 mtu 1400', 'link set nvt7 up', 'link set nvt0 mtu 1300'];
    await expect(batch('ip', lines, pair.right)).rejects.toThrow('"link set nvt7 up"');
    const [veth] = (await links(pair.right)).filter(({ ifname }) => ifname === pair.ifname);
    expect(veth?.mtu).toBe(1400);
  });

  it('hears of changes of links, addresses and routes in its namespace only', async () => {
    const watch = native().netlinkWatch(netns.fd);
    await batch('ip', ['address add 198.51.100.1/24 dev nvt0'], pair.right);
    expect(native().netlinkPending(watch)).toBe(0);
    await batch('ip', ['address add 203.0.113.1/24 dev nvt0'], pair.left);
    expect(native().netlinkPending(watch)).toBeGreaterThan(0);
    expect(native().netlinkPending(watch)).toBe(0);
    native().close(watch);
  });
});
