import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Netns } from '../common/loader/index.js';
import { batch } from '../common/loader/iproute2.js';
import { rowsFromBatch, type Value } from '../common/schema/columns.js';
import { Nat } from '../mapping/index.js';
import { Monitor } from '../monitor/index.js';

/** A client's pod, its host, which translates, and a backend. */
const ID = `nvt-nat-${process.pid}`;
const [CLIENT, HOST, BACKEND] = [`${ID}-c`, `${ID}-h`, `${ID}-b`];
const SERVICE = '10.96.0.10';
const [SHUT, SILENT] = [8181, 8282];
const RULES = `table ip nat {
  chain pre { type nat hook prerouting priority dstnat;
    ip daddr ${SERVICE} tcp dport 80 dnat to 10.77.2.2:8080
    ip daddr ${SERVICE} udp dport 53 dnat to 10.77.2.2:5353
    ip daddr ${SERVICE} tcp dport 81 dnat to 10.77.2.2:${SHUT}
    ip daddr ${SERVICE} tcp dport 82 dnat to 10.77.2.2:${SILENT}
  }
  chain post { type nat hook postrouting priority srcnat;
    tcp dport 9090 oifname "up0" masquerade
  }
}`;

const undo: (() => void | Promise<void>)[] = [];
const children: ChildProcess[] = [];
const rows: Record<string, Value>[] = [];
let monitor: Monitor;
let nat: Nat;

const node = (netns: string, script: string): ChildProcess => {
  const child = spawn('ip', ['netns', 'exec', netns, process.execPath, '-e', script]);
  children.push(child);
  return child;
};

beforeAll(async () => {
  await batch(
    'ip',
    [CLIENT, HOST, BACKEND].map((name) => `netns add ${name}`),
  );
  undo.push(() =>
    batch(
      'ip',
      [CLIENT, HOST, BACKEND].map((name) => `netns delete ${name}`),
    ),
  );
  await batch('ip', [
    `link add pod0 netns ${HOST} type veth peer name eth0 netns ${CLIENT}`,
    `link add up0 netns ${HOST} type veth peer name eth0 netns ${BACKEND}`,
  ]);
  const up = (address: string, dev: string): string[] => [
    `address add ${address}/24 dev ${dev}`,
    `link set ${dev} up`,
  ];
  await batch('ip', [...up('10.77.1.1', 'pod0'), ...up('10.77.2.1', 'up0')], HOST);
  await batch('ip', [...up('10.77.1.2', 'eth0'), 'route add default via 10.77.1.1'], CLIENT);
  await batch('ip', [...up('10.77.2.2', 'eth0'), 'route add default via 10.77.2.1'], BACKEND);
  const inHost = ['netns', 'exec', HOST];
  execFileSync('ip', [...inHost, 'sysctl', '-qw', 'net.ipv4.ip_forward=1']);
  execFileSync('ip', [...inHost, 'nft', '-f', '-'], { input: RULES });
  const inBackend = ['netns', 'exec', BACKEND, 'nft', '-f', '-'];
  execFileSync('ip', inBackend, {
    input: `table ip shut {
      chain in { type filter hook input priority 0; tcp dport ${SILENT} drop; }
    }`,
  });
  const host = Netns.open(HOST);
  undo.push(() => host.close());
  monitor = Monitor.open({ host: 'h', maxFlows: 256 });
  undo.push(() => monitor.close());
  nat = new Nat(monitor.natBindings, 'h');
  const links = JSON.parse(
    execFileSync('ip', [...inHost, 'ip', '-json', 'link'], { encoding: 'utf8' }),
  ) as { ifindex: number; ifname: string }[];
  for (const [ifname, role] of [
    ['pod0', 'pod'],
    ['up0', 'uplink'],
  ] as const) {
    const ifindex = links.find((link) => link.ifname === ifname)?.ifindex ?? 0;
    monitor.attach({ netnsFd: host.fd, ifindex, ifname, role, pod: '' });
  }
  node(
    BACKEND,
    `for (const port of [8080, 9090]) require('net').createServer((s) => s.pipe(s)).listen(port);
     const udp = require('dgram').createSocket('udp4');
     udp.on('message', (m, from) => udp.send(m, from.port, from.address)).bind(5353);`,
  );
  await sleep(400);
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const step of undo.reverse()) await step();
});

const connect = async (address: string, port: number, localPort: number): Promise<void> => {
  const client = node(
    CLIENT,
    `const s = require('net').connect({ host: '${address}', port: ${port}, localPort: ${localPort} });
     s.on('error', () => s.destroy()); s.write('x'); s.on('data', () => s.end());`,
  );
  await once(client, 'exit');
};

const bindingOf = (port: number): Record<string, Value> | undefined => {
  rows.push(...rowsFromBatch(nat.sweep()));
  return rows.find(({ src_port }) => src_port === port);
};

it('has the service and the backend of a connection, from its first answer on', async () => {
  await connect(SERVICE, 80, 40001);
  expect(bindingOf(40001)).toMatchObject({
    host: 'h',
    kind: 'dnat',
    src: '10.77.1.2',
    dst: SERVICE,
    dst_port: 80,
    reply_src: '10.77.2.2',
    reply_src_port: 8080,
    reply_dst: '10.77.1.2',
    reply_dst_port: 40001,
    protocol: 6,
  });
});

it('has the address that stands for a pod', async () => {
  await connect('10.77.2.2', 9090, 40002);
  expect(bindingOf(40002)).toMatchObject({
    kind: 'snat',
    src: '10.77.1.2',
    dst: '10.77.2.2',
    reply_src: '10.77.2.2',
    reply_dst: '10.77.2.1',
  });
});

it('has nothing of a connection that is not translated', async () => {
  await connect('10.77.2.2', 8080, 40003);
  expect(bindingOf(40003)).toBeUndefined();
});

it('has the backend of a question by UDP', async () => {
  node(
    CLIENT,
    `const s = require('dgram').createSocket('udp4');
     s.bind(40004, () => s.send('q', 53, '${SERVICE}')); s.on('message', () => s.close());`,
  );
  await vi.waitFor(() => {
    expect(bindingOf(40004)).toMatchObject({ kind: 'dnat', protocol: 17, reply_src_port: 5353 });
  });
});

it('has the backend of a connection that is refused, and of one that nobody answers', async () => {
  await connect(SERVICE, 81, 40005);
  expect(bindingOf(40005)).toMatchObject({ kind: 'dnat', dst_port: 81, reply_src_port: SHUT });
  void connect(SERVICE, 82, 40006);
  await vi.waitFor(
    () => {
      expect(bindingOf(40006)).toMatchObject({ kind: 'dnat', reply_src_port: SILENT });
    },
    { timeout: 5000, interval: 200 },
  );
});

it('follows ports that are used again', async () => {
  const inHost = ['netns', 'exec', HOST];
  execFileSync('ip', [...inHost, 'nft', 'flush', 'chain', 'ip', 'nat', 'pre']);
  const rule = `ip daddr ${SERVICE} tcp dport 80 dnat to 10.77.2.2:9090`.split(' ');
  execFileSync('ip', [...inHost, 'nft', 'add', 'rule', 'ip', 'nat', 'pre', ...rule]);
  await vi.waitFor(
    async () => {
      rows.length = 0;
      await connect(SERVICE, 80, 40001);
      expect(bindingOf(40001)).toMatchObject({ reply_src_port: 9090 });
    },
    { timeout: 15_000, interval: 500 },
  );
});
