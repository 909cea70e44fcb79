import { execFileSync } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { native } from '../native/index.js';
import { codeOf, openFixture, RECORD_BYTES } from './fixture/fixture.js';
import { makeVethPair, type VethPair } from './fixture/veth.js';
import {
  attachTap,
  type BpfObject,
  EventRing,
  Netns,
  type TapLink,
  type TapTarget,
} from './index.js';
import { qdiscs } from './iproute2.js';
import { attach } from './tap.js';

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

describe('attachTap', () => {
  let pair: VethPair;
  let object: BpfObject;
  let netns: Netns;
  let target: TapTarget;

  beforeAll(async () => {
    pair = await makeVethPair('tap');
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
});
