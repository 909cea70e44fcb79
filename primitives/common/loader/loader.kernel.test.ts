import { execFileSync } from 'node:child_process';
import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { NetverdictError } from '../errors/index.js';
import { native } from '../native/index.js';
import { makeVethPair, type VethPair } from './fixture/veth.js';
import { BpfObject, EventRing, Netns } from './index.js';
import { addresses, batch, links, qdiscs, routes } from './iproute2.js';
import { attach, attachTap, type TapLink, type TapTarget } from './tap.js';

const FIXTURE = 'build/bpf/fixture.bpf.o';
const RECORD_BYTES = 16;
const PACKET = new Uint8Array(64);

const openFixture = (): BpfObject => BpfObject.open(FIXTURE);
const codeOf = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    return (error as NetverdictError).code;
  }
  return 'none';
};
const descriptors = (): string[] =>
  readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return [];
    }
  });
const bpfDescriptors = (): number => descriptors().filter((name) => /bpf|net:\[/.test(name)).length;
const threads = (): number => readdirSync('/proc/self/task').length;

describe('BpfObject', () => {
  let object: BpfObject;
  beforeEach(() => void (object = openFixture()));
  afterEach(() => object.close());

  const run = (packet: Uint8Array): void => {
    native().programTestRun(object.program('fixture_ingress').fd, packet, 1);
  };
  const seen = (): number => {
    const { fd } = object.map('seen');
    return native().mapLookupBatch(fd, new Uint8Array(8 * 2048), new Uint8Array(16 * 2048)).count;
  };

  it('sets variables by name, which the program then obeys', () => {
    object.configure({ mark_length: 100, wide_setting: 2n ** 63n }).load();
    expect(object.variable('wide_setting')).toBe(2n ** 63n);
    run(PACKET);
    expect(seen()).toBe(0);
    run(new Uint8Array(100));
    expect(seen()).toBe(1);
  });

  it('refuses a value that does not fit and a name that does not exist', () => {
    expect(() => object.configure({ mark_length: 2 ** 32 })).toThrow('4294967296 does not fit');
    expect(() => object.configure({ no_such: 1 })).toThrow('no variable "no_such"');
  });

  it('sets the size of a map before the load', () => {
    object.maxEntries('seen', 64).load();
    expect(object.map('seen')).toMatchObject({ keySize: 8, valueSize: 16, maxEntries: 64 });
  });

  it('reports what the verifier refused, with its whole log as the cause', () => {
    object.autoload('fixture_rejected', true);
    try {
      object.load();
      expect.unreachable();
    } catch (error) {
      const { code, message, cause } = error as NetverdictError;
      expect(code).toBe('NV_LOAD_FAILED');
      expect(message).toMatch(/cannot load "fixture".*: .*(R\d|invalid)/);
      expect((cause as { log: string }).log).toContain('BEGIN PROG LOAD LOG');
    }
  });

  it('names the programs that are there when one is not', () => {
    object.load();
    expect(() => object.program('fixture_rejected')).toThrow('fixture_ingress');
  });

  it('looks up, updates and deletes entries, and refuses wrong sizes', () => {
    const { fd } = object.load().map('seen');
    const key = Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0);
    const value = new Uint8Array(16).fill(3);
    native().mapUpdate(fd, key, value);
    expect(native().mapLookup(fd, key, 16)).toEqual(value);
    expect(codeOf(() => native().mapLookup(fd, key, 8))).toBe('EINVAL');
    expect(codeOf(() => native().mapUpdate(fd, key.subarray(1), value))).toBe('EINVAL');
    expect(native().mapDelete(fd, key)).toBe(true);
    expect(native().mapDelete(fd, key)).toBe(false);
    expect(native().mapLookup(fd, key, 16)).toBeUndefined();
  });

  it('reads a map in one batch and says when it did not fit', () => {
    const { fd } = object.load().map('seen');
    native().programTestRun(object.program('fixture_ingress').fd, PACKET, 100);
    const values = new Uint8Array(16 * 2048);
    const all = native().mapLookupBatch(fd, new Uint8Array(8 * 2048), values);
    expect(all).toEqual({ count: 100, truncated: false });
    const lengths = new Uint32Array(values.buffer).filter((_, i) => i % 4 === 2 && i < 400);
    expect(new Set(lengths)).toEqual(new Set([64]));
    const part = native().mapLookupBatch(fd, new Uint8Array(8 * 10), new Uint8Array(16 * 10));
    expect(part.truncated).toBe(true);
    expect(part.count).toBeLessThanOrEqual(10);
  });

  it('reads an iterator to its end', () => {
    const bytes = native().readIterator(object.load().program('fixture_tasks').fd);
    const pids = [...new Uint32Array(bytes.buffer)];
    expect(pids).toEqual(expect.arrayContaining(readdirSync('/proc/self/task').map(Number)));
  });
});

describe('EventRing', () => {
  let object: BpfObject;
  let ring: EventRing;
  beforeEach(() => {
    object = openFixture().load();
    ring = new EventRing(object.map('events').fd, 10 * RECORD_BYTES + 7);
  });
  afterEach(() => object.close());

  const emit = (count: number): void => {
    native().programTestRun(object.program('fixture_ingress').fd, PACKET, count);
  };
  const sequencesOf = (bytes: Uint8Array): bigint[] =>
    [...new BigUint64Array(bytes.slice().buffer)].filter((_, i) => i % 2 === 0);

  it('drains whole records in order, as many as fit', () => {
    emit(25);
    const batches = [ring.drain(), ring.drain(), ring.drain(), ring.drain()].map(
      ({ length }) => length / RECORD_BYTES,
    );
    expect(batches).toEqual([10, 10, 5, 0]);
    emit(3);
    expect(sequencesOf(ring.drain())).toEqual([25n, 26n, 27n]);
    ring.close();
  });

  it('counts what did not fit into a full ring, and goes on after a drain, across the wrap', () => {
    const fits = Math.floor((64 * 1024) / (RECORD_BYTES + 8));
    emit(fits + 500);
    expect(object.variable('dropped_records')).toBeGreaterThanOrEqual(499n);
    let records = 0;
    for (let bytes = ring.drain(); bytes.length > 0; bytes = ring.drain()) {
      records += bytes.length / RECORD_BYTES;
    }
    expect(BigInt(records) + object.variable('dropped_records')).toBe(BigInt(fits + 500));
    emit(5);
    const after = BigInt(fits + 500);
    expect(sequencesOf(ring.drain())).toEqual([0n, 1n, 2n, 3n, 4n].map((i) => after + i));
    ring.close();
  });

  it('wakes once until the next drain, then again for what is left and for what comes', async () => {
    let wakes = 0;
    ring.onData(() => void wakes++);
    emit(15);
    await delay(30);
    emit(5);
    await delay(30);
    expect(wakes).toBe(1);
    expect(ring.drain().length / RECORD_BYTES).toBe(10);
    await delay(30);
    expect(wakes).toBe(2);
    ring.drain();
    await delay(30);
    expect(wakes).toBe(2);
    emit(1);
    await delay(30);
    expect(wakes).toBe(3);
    ring.close();
  });

  it('takes one listener, ends its thread at close, and cannot be used or closed again', () => {
    const before = threads();
    ring.onData(() => {});
    expect(threads()).toBe(before + 1);
    expect(codeOf(() => ring.onData(() => {}))).toBe('EBUSY');
    ring.close();
    expect(threads()).toBe(before);
    expect(codeOf(() => ring.drain())).toBe('NV_CLOSED');
    expect(codeOf(() => ring.close())).toBe('NV_CLOSED');
  });
});

describe('in namespaces', () => {
  let pair: VethPair;
  let object: BpfObject;
  let netns: Netns;
  let target: TapTarget;

  beforeAll(async () => {
    pair = await makeVethPair('loader');
    netns = Netns.open(pair.left);
    object = openFixture().load();
    target = {
      netns: netns.fd,
      ifindex: pair.ifindex,
      ifname: pair.ifname,
      ingressProgram: object.program('fixture_ingress').fd,
      egressProgram: object.program('fixture_egress').fd,
    };
  });
  afterAll(async () => {
    object.close();
    netns.close();
    await pair.destroy();
  });

  const attached = (of: Netns): number[][] =>
    [false, true].map((egress) => native().queryTcx(of.fd, pair.ifindex, egress));
  const ping = (): void => {
    const ping = ['ping', '-c', '2', '-i', '0.2', '-W', '1', '192.0.2.2'];
    execFileSync('nsenter', [`--net=${netns.path}`, ...ping], { stdio: 'ignore' });
  };
  const recordsOf = (tap: TapLink): number => {
    const ring = new EventRing(object.map('events').fd);
    while (ring.drain().length > 0);
    ping();
    const records = ring.drain();
    ring.close();
    tap.close();
    const indexes = new Uint32Array(records.slice().buffer).filter((_, i) => i % 4 === 3);
    expect(new Set(indexes)).toEqual(new Set([pair.ifindex]));
    return records.length / RECORD_BYTES;
  };

  it('taps the named interface by TCX, that one only, and takes the taps away', () => {
    const other = Netns.open(pair.right);
    const home = readlinkSync('/proc/thread-self/ns/net');
    const tap = attachTap(target);
    expect(tap.method).toBe('tcx');
    expect(attached(netns).map(({ length }) => length)).toEqual([1, 1]);
    expect(attached(other)).toEqual([[], []]);
    expect(readlinkSync('/proc/thread-self/ns/net')).toBe(home);
    expect(recordsOf(tap)).toBeGreaterThanOrEqual(4);
    expect(attached(netns)).toEqual([[], []]);
    expect(codeOf(() => tap.close())).toBe('NV_CLOSED');
    other.close();
  });

  it('goes in front of a program that is there already', () => {
    const first = attachTap(target);
    const [before] = attached(netns)[0] ?? [];
    const later = openFixture().load();
    const [ingressProgram, egressProgram] = [
      later.program('fixture_ingress').fd,
      later.program('fixture_egress').fd,
    ];
    const second = attachTap({ ...target, ingressProgram, egressProgram });
    expect(attached(netns)[0]).toEqual([native().programInfo(ingressProgram).id, before]);
    second.close();
    expect(attached(netns)[0]).toEqual([before]);
    expect(codeOf(() => attachTap(target))).toBe('NV_ATTACH_FAILED');
    expect(attached(netns)[0]).toEqual([before]);
    first.close();
    later.close();
  });

  const ingressFilters = (): string => {
    const show = ['tc', 'filter', 'show', 'dev', pair.ifname, 'ingress'];
    return execFileSync('nsenter', [`--net=${netns.path}`, ...show], { encoding: 'utf8' });
  };

  it('taps by clsact where TCX is not to be had, and removes its filters only', async () => {
    expect(recordsOf(attach('clsact', target))).toBeGreaterThanOrEqual(4);
    expect(ingressFilters()).toBe('');
    const kinds = (await qdiscs(pair.left)).map(({ dev, kind }) => `${dev} ${kind}`);
    expect(kinds).toContain(`${pair.ifname} clsact`);
  });

  it('replaces the clsact filter of a killed process, whose link then leaves the new one', () => {
    const later = openFixture().load();
    const left = attach('clsact', target);
    const ingressProgram = later.program('fixture_ingress').fd;
    const egressProgram = later.program('fixture_egress').fd;
    const tap = attach('clsact', { ...target, ingressProgram, egressProgram });
    left.close();
    const ids = [...ingressFilters().matchAll(/ id (\d+)/g)].map(([, id]) => Number(id));
    expect(ids).toEqual([native().programInfo(ingressProgram).id]);
    tap.close();
    expect(ingressFilters()).toBe('');
    later.close();
  });

  it('refuses an index that is another interface, or none, and attaches nothing', () => {
    const renamed = { ...target, ifname: 'eth9' };
    expect(() => attachTap(renamed)).toThrow(`interface ${pair.ifindex} is "nvt0", not "eth9"`);
    expect(codeOf(() => attachTap({ ...target, ifindex: 4000 }))).toBe('NV_INTERFACE_NOT_FOUND');
    expect(attached(netns)).toEqual([[], []]);
  });

  it('leaves no descriptor, namespace or thread behind', () => {
    const before = [bpfDescriptors(), threads()];
    const home = Netns.open();
    const again = openFixture().load();
    const tap = attachTap(target);
    const filter = attach('clsact', target);
    const tracing = native().attachTracing(again.program('fixture_newtask').fd);
    const ring = new EventRing(again.map('events').fd);
    ring.onData(() => {});
    expect(bpfDescriptors()).toBeGreaterThan(before[0] ?? 0);
    ring.close();
    native().linkClose(tracing);
    filter.close();
    tap.close();
    again.close();
    home.close();
    expect([bpfDescriptors(), threads()]).toEqual(before);
    expect(codeOf(() => native().linkClose(tracing))).toBe('EBADF');
    expect(codeOf(() => again.map('events'))).toBe('NV_CLOSED');
    expect(codeOf(() => home.fd)).toBe('NV_CLOSED');
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
