import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BpfObject, Netns } from '../../common/loader/index.js';
import { batch } from '../../common/loader/iproute2.js';
import { native } from '../../common/native/index.js';
import { Monitor } from '../../monitor/index.js';
import { HostCounters } from '../counters/host-counters.js';
import type { AttachedTap } from '../interfaces.js';
import { Blindness, type CoverageRow } from './blindness.js';

/** A host, a peer for each thing that may happen at a tap, and a peer on an overlay. */
const ID = `nvt-blind-${process.pid}`;
const HOST = `${ID}-h`;
const CASES = ['drop', 'redirect', 'pass', 'express', 'shaped', 'tunnel', 'spare'] as const;
type Case = (typeof CASES)[number];
const peer = (name: Case): string => `${ID}-${name}`;
const inHost = (name: Case): string => `10.99.${CASES.indexOf(name)}.1`;
const inPeer = (name: Case): string => `10.99.${CASES.indexOf(name)}.2`;
const OVERLAY = { host: '10.98.0.1', peer: '10.98.0.2' };

const undo: (() => void | Promise<void>)[] = [];
const children: ChildProcess[] = [];
const taps = new Map<Case, AttachedTap>();
const rows: CoverageRow[] = [];
const delivered = new Map<string, number>();

async function buildNamespaces(): Promise<void> {
  const names = [HOST, ...CASES.map(peer)];
  await batch(
    'ip',
    names.map((name) => `netns add ${name}`),
  );
  undo.push(() =>
    batch(
      'ip',
      names.map((name) => `netns delete ${name}`),
    ),
  );
  await batch(
    'ip',
    CASES.map((c) => `link add ${c} netns ${HOST} type veth peer name eth0 netns ${peer(c)}`),
  );
  for (const c of CASES) {
    await batch('ip', [`address add ${inHost(c)}/24 dev ${c}`, `link set ${c} up`], HOST);
    await batch('ip', [`address add ${inPeer(c)}/24 dev eth0`, 'link set eth0 up'], peer(c));
  }
  await overlay(HOST, 'tunnel', inHost('tunnel'), inPeer('tunnel'), OVERLAY.host);
  await overlay(peer('tunnel'), 'eth0', inPeer('tunnel'), inHost('tunnel'), OVERLAY.peer);
  // A queue far too small for its rate: it drops as long as somebody sends.
  await batch('tc', ['qdisc add dev shaped root tbf rate 400mbit burst 64kb limit 100kb'], HOST);
}

const overlay = (netns: string, dev: string, local: string, remote: string, address: string) =>
  batch(
    'ip',
    [
      `link add vx0 type vxlan id 7 dstport 4789 local ${local} remote ${remote} dev ${dev}`,
      `address add ${address}/24 dev vx0`,
      'link set vx0 up',
    ],
    netns,
  );

const run = (netns: string, ...command: string[]): ChildProcess => {
  const child = spawn('ip', ['netns', 'exec', netns, ...command], { stdio: 'ignore' });
  children.push(child);
  return child;
};

/** 400 datagrams of 1000 bytes a second from the peer to the host. */
const datagrams = (name: Case): void => {
  const script = `
    const socket = require('dgram').createSocket('udp4');
    setInterval(() => { for (let i = 0; i < 8; i++) socket.send(Buffer.alloc(1000), 9, '${inHost(name)}'); }, 20);`;
  run(peer(name), process.execPath, '-e', script);
};

const iperf = (netns: string, server: string, port: number, ...more: string[]): void => {
  run(netns, 'iperf3', '-c', server, '-p', String(port), '-t', '60', ...more);
};

async function startTraffic(): Promise<void> {
  for (const port of ['5201', '5202', '5203']) run(HOST, 'iperf3', '-s', '-p', port);
  for (const name of ['shaped', 'tunnel'] as const) run(peer(name), 'iperf3', '-s', '-p', '5204');
  await sleep(500);
  for (const name of ['drop', 'redirect', 'pass', 'express'] as const) datagrams(name);
  // Heavy and healthy, both ways: super-packets through a queue that drops, and through a tunnel.
  iperf(peer('pass'), inHost('pass'), 5201, '-b', '2G');
  iperf(HOST, inPeer('shaped'), 5204);
  iperf(HOST, OVERLAY.peer, 5204, '-b', '1G');
  iperf(peer('tunnel'), OVERLAY.host, 5202, '-b', '1G');
}

beforeAll(async () => {
  await buildNamespaces();
  const host = Netns.open(HOST);
  undo.push(() => host.close());
  const monitor = Monitor.open({ host: 'h', maxFlows: 1024 });
  undo.push(() => monitor.close());
  const links = JSON.parse(
    execFileSync('nsenter', [`--net=${host.path}`, 'ip', '-json', 'link'], { encoding: 'utf8' }),
  ) as { ifindex: number; ifname: string }[];
  const indexOf = (name: Case): number => links.find((l) => l.ifname === name)?.ifindex ?? 0;
  for (const name of CASES) {
    const role = name === 'tunnel' ? 'uplink' : 'pod';
    const tap = { ifindex: indexOf(name), ifname: name, role, pod: peer(name) } as const;
    taps.set(name, { ...tap, attach: monitor.attach({ ...tap, netnsFd: host.fd }) });
  }
  const takers = BpfObject.open('build/bpf/taker.bpf.o')
    .configure({ redirect_ifindex: indexOf('spare') })
    .load();
  undo.push(() => takers.close());
  for (const name of ['drop', 'redirect', 'pass'] as const) {
    const { fd } = takers.program(`taker_${name}`);
    for (const egress of name === 'pass' ? [false, true] : [false]) {
      const link = native().attachTcx(host.fd, indexOf(name), name, fd, egress);
      undo.push(() => native().linkClose(link));
    }
  }
  const xdp = [
    'link',
    'set',
    'express',
    'xdpgeneric',
    'obj',
    'build/bpf/taker.bpf.o',
    'sec',
    'xdp',
  ];
  execFileSync('nsenter', [`--net=${host.path}`, 'ip', ...xdp]);
  await startTraffic();
  const counters = new HostCounters(host.path, []);
  undo.push(() => counters.stop());
  const silent = { info: () => undefined, warn: () => undefined };
  const blindness = new Blindness(host, monitor, silent);
  for (let second = 0; second < 20; second++) {
    await counters.read([], []);
    rows.push(...(await blindness.look([...taps.values()], counters.devices)));
    monitor.sweep();
    await sleep(1000);
  }
  for (const { ifname, stats64 } of counters.devices.links) {
    delivered.set(ifname, (stats64?.rx?.['bytes'] ?? 0) + (stats64?.tx?.['bytes'] ?? 0));
  }
}, 120_000);

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const step of undo.reverse()) await step();
});

const at = (name: Case, state: CoverageRow['state']): CoverageRow[] =>
  rows.filter((row) => row.ifname === name && row.state === state);

it.each(['drop', 'redirect'] as const)('names the TCX program that takes half by %s', (name) => {
  const [first] = at(name, 'missing');
  expect(first).toMatchObject({ hook: 'ingress', tap_role: 'pod', pod: peer(name) });
  expect(first?.ahead).toMatch(new RegExp(`^tcx "taker_${name}" \\(program \\d+\\)$`));
  const last = at(name, 'missing').at(-1);
  const share = Number(last?.missing_bytes) / Number(last?.device_bytes);
  // Half, less what is granted to late counters and headers.
  expect(share).toBeGreaterThan(0.15);
  expect(share).toBeLessThan(0.5);
});

it('names the XDP program that takes half', () => {
  expect(at('express', 'missing')[0]).toMatchObject({ hook: 'ingress' });
  expect(at('express', 'missing')[0]?.ahead).toMatch(/^xdp "taker_xdp" \(program \d+\)$/);
});

it('tells of a program that runs first and passes everything, and misses nothing there', () => {
  expect(at('pass', 'ahead').map(({ hook }) => hook)).toContain('egress');
  expect(at('pass', 'ahead')[0]?.ahead).toMatch(/^tcx "taker_pass"/);
  expect(at('pass', 'missing')).toEqual([]);
});

it('has nothing to say of super-packets, a queue that drops, and a tunnel under load', () => {
  expect(delivered.get('pass')).toBeGreaterThan(1e9);
  expect(delivered.get('shaped')).toBeGreaterThan(2e8);
  expect(delivered.get('tunnel')).toBeGreaterThan(5e8);
  const told = rows.filter(({ ifname }) => ['shaped', 'tunnel', 'spare'].includes(ifname));
  expect(told).toEqual([]);
});
