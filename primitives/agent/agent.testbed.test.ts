import { execFileSync, spawn } from 'node:child_process';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { fromArrow } from '../common/schema/arrow.js';
import { isStreamName, rowsFromBatch, type Value } from '../common/schema/columns.js';
import type { StreamName } from '../common/schema/streams.js';
import { startAgent } from './agent.js';

const HOST = 'nvt-agent-host';
const POD = 'nvt-agent-pod';
const HEIR = 'nvt-agent-heir';
const PEER = 'nvt-agent-peer';
const NAMESPACES = [HOST, POD, HEIR, PEER];
const ip = (...args: string[]): void => void execFileSync('ip', args, { stdio: 'pipe' });
const lines = (text: string): string[] =>
  text
    .trim()
    .split('\n')
    .map((line) => line.trim());

/** A host with one pod behind a bridge, and a peer on the host's uplink. */
function buildNamespaces(): void {
  removeNamespaces();
  for (const name of NAMESPACES) ip('netns', 'add', name);
  for (const line of lines(`
    -n ${HOST} link add up0 type veth peer name eth0 netns ${PEER}
    -n ${HOST} addr add 10.177.0.1/24 dev up0
    -n ${HOST} link set up0 up
    -n ${PEER} addr add 10.177.0.2/24 dev eth0
    -n ${PEER} link set eth0 up
    -n ${PEER} route add 10.178.0.0/24 via 10.177.0.1
    -n ${HOST} link add br0 type bridge
    -n ${HOST} addr add 10.178.0.1/24 dev br0
    -n ${HOST} link set br0 up
    -n ${HOST} link add pod0 type veth peer name eth0 netns ${POD}
    -n ${HOST} link set pod0 master br0 up
    -n ${POD} addr add 10.178.0.2/24 dev eth0
    -n ${POD} link set eth0 up
    -n ${POD} route add default via 10.178.0.1
    netns exec ${HOST} sysctl -qw net.ipv4.ip_forward=1`)) {
    ip(...line.split(' '));
  }
}

function removeNamespaces(): void {
  const present = execFileSync('ip', ['netns'], { encoding: 'utf8' });
  for (const name of NAMESPACES) {
    if (new RegExp(`^${name}\\b`, 'm').test(present)) ip('netns', 'del', name);
  }
}

type Rows = Record<string, Value>[];

/** Stands for the analyzer: keeps every row, and lets the test give commands. */
class Sink {
  readonly #rows = new Map<StreamName, Rows>();
  #control: ServerResponse | undefined;
  readonly server: Server = createServer((request, response) => {
    const [, , door = '', name = ''] = (request.url ?? '').split('/');
    if (door === 'control') {
      this.#control = response;
      response.write('{"type":"ping"}\n');
      return;
    }
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (isStreamName(name)) {
        this.rows(name).push(...rowsFromBatch(fromArrow(name, Buffer.concat(parts))));
      }
      response.writeHead(204).end();
    });
  });

  rows(stream: StreamName): Rows {
    const rows = this.#rows.get(stream) ?? [];
    this.#rows.set(stream, rows);
    return rows;
  }

  /** As an analyzer that stops and starts with nothing. */
  restart(): void {
    this.#rows.clear();
    this.#control?.end();
  }

  command(message: object): void {
    this.#control?.write(`${JSON.stringify(message)}\n`);
  }
}

const sink = new Sink();
const children: ReturnType<typeof spawn>[] = [];
const nodeIn = (netns: string, script: string): void => {
  const inside = ['netns', 'exec', netns, process.execPath, '-e', script];
  children.push(spawn('ip', inside, { stdio: 'inherit' }));
};
const talk = (localPort: number): void =>
  nodeIn(
    POD,
    `const s = require('net').connect({ host: '10.177.0.2', port: 9000, localPort: ${localPort} });
     setInterval(() => s.write('x'.repeat(2000)), 20); s.resume();`,
  );
let agent: { stop(): Promise<void> } | undefined;

beforeAll(async () => {
  buildNamespaces();
  await new Promise<void>((resolve) => sink.server.listen(0, '127.0.0.1', resolve));
  const { port } = sink.server.address() as AddressInfo;
  nodeIn(
    PEER,
    "require('net').createServer((s) => s.on('error', () => s.destroy()).pipe(s)).listen(9000)",
  );
  await sleep(300);
  talk(40122);
  await sleep(300);
  agent = await startAgent({ hostId: 'h1', analyzer: `http://127.0.0.1:${port}`, netns: HOST });
  talk(40123);
}, 20_000);

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await agent?.stop();
  sink.server.closeAllConnections();
  sink.server.close();
  removeNamespaces();
});

const ALERTED_WITHIN_NS = 1e9;

const eventually = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 8000 });

it('reports the flow at the pod tap and at the uplink, and who owns the addresses', async () => {
  await eventually(() => {
    const flows = sink.rows('flow_interval').filter(({ dst_port }) => dst_port === 9000);
    expect(flows).toContainEqual(
      expect.objectContaining({ host: 'h1', tap_role: 'pod', pod: POD, src: '10.178.0.2' }),
    );
    expect(flows.map(({ tap_role }) => tap_role)).toContain('uplink');
    expect(sink.rows('endpoint')).toContainEqual(
      expect.objectContaining({ role: 'pod', pod: POD, address: '10.178.0.2', present: 1 }),
    );
    expect(sink.rows('endpoint')).toContainEqual(
      expect.objectContaining({ role: 'underlay', address: '10.177.0.1', present: 1 }),
    );
    expect(sink.rows('host_info').at(-1)?.['taps']).toContain('"up0"');
    expect(sink.rows('host_counter').map(({ object }) => object)).toContain('up0');
    expect(sink.rows('socket_owner')).toContainEqual(
      expect.objectContaining({ src: '10.178.0.2', src_port: 40123, dst_port: 9000, comm: 'node' }),
    );
  });
}, 10_000);

it('knows the pod and the process of a connection that was there before the agent', async () => {
  await eventually(() => {
    expect(sink.rows('flow_interval')).toContainEqual(
      expect.objectContaining({ tap_role: 'pod', pod: POD, src_port: 40122 }),
    );
    expect(sink.rows('socket_owner')).toContainEqual(
      expect.objectContaining({ src: '10.178.0.2', src_port: 40122, tcp_state: 1, comm: 'node' }),
    );
  });
}, 10_000);

it('tells a new analyzer who is who, with the times at which it was found', async () => {
  const found = (): unknown =>
    sink.rows('endpoint').find(({ address }) => address === '10.178.0.2')?.['time_ns'];
  const first = found();
  expect(first).toBeDefined();
  sink.restart();
  await eventually(() => {
    expect(found()).toBe(first);
    expect(sink.rows('socket_owner').map(({ src_port }) => src_port)).toContain(40122);
    expect(sink.rows('host_info')).toHaveLength(1);
  });
}, 10_000);

it('traces the flow on command, and stops when its seconds are over', async () => {
  const flow = {
    src: '10.178.0.2',
    src_port: 40123,
    dst: '10.177.0.2',
    dst_port: 9000,
    protocol: 6,
  };
  sink.command({ type: 'arm', incident: 'i1', flows: [flow], seconds: 2 });
  await eventually(() => {
    expect(sink.rows('arming').map(({ state }) => state)).toEqual(['armed', 'expired']);
  });
  const [armed] = sink.rows('arming');
  expect(JSON.parse(armed?.['probes'] as string)).toEqual(
    expect.arrayContaining([
      { level: 'qdisc', probe: 'tap', state: 'attached', reason: '' },
      { level: 'socket', probe: 'sk_data_ready', state: 'attached', reason: '' },
      {
        ...{ level: 'nic', probe: 'transmit completion at up0', state: 'absent' },
        reason: 'a veth has none',
      },
    ]),
  );
  const probes = new Set(sink.rows('packet_event').map(({ probe }) => probe));
  expect(probes).toContain('tap');
  expect(probes.size).toBeGreaterThan(1);
  expect(sink.rows('socket_event').length).toBeGreaterThan(0);
  await sleep(500);
  const after = sink.rows('packet_event').length;
  await sleep(800);
  expect(sink.rows('packet_event')).toHaveLength(after);
}, 12_000);

it('lets a flow go that has ended, and says so', async () => {
  const port = 40_124;
  const started = children.length;
  talk(port);
  const told = (): Rows => sink.rows('flow_interval').filter((row) => row['src_port'] === port);
  await eventually(() => expect(told().length).toBeGreaterThan(0));
  const flow = {
    src: '10.178.0.2',
    src_port: port,
    dst: '10.177.0.2',
    dst_port: 9000,
    protocol: 6,
  };
  sink.command({ type: 'arm', incident: 'i2', flows: [flow], seconds: 30 });
  const states = (): unknown[] =>
    sink
      .rows('arming')
      .filter(({ incident }) => incident === 'i2')
      .map(({ state, detail }) => (state === 'armed' ? state : detail));
  await eventually(() => expect(states()).toEqual(['armed']));
  // Its history, from the connection's begin on.
  await eventually(() =>
    expect(sink.rows('flight')).toContainEqual(
      expect.objectContaining({ kind: 'handshake', src_port: port, tap_role: 'pod' }),
    ),
  );
  for (const child of children.splice(started)) child.kill('SIGKILL');
  await eventually(() => expect(states()).toEqual(['armed', 'its flows have ended']));
}, 20_000);

it('tells of a name server that does not answer: an alert within a second, then what was asked', async () => {
  const started = children.length;
  nodeIn(PEER, "require('dgram').createSocket('udp4').bind(53)");
  await sleep(300);
  nodeIn(
    POD,
    `const r = new (require('dns').Resolver)({ timeout: 3000, tries: 1 });
     r.setServers(['10.177.0.2']); r.resolve4('api.test', () => {});`,
  );
  await eventually(() => {
    const alerts = sink.rows('alert').filter(({ kind }) => kind === 'dns_unanswered');
    expect(alerts.map(({ tap_role }) => tap_role)).toEqual(
      expect.arrayContaining(['pod', 'uplink']),
    );
    expect(Number(alerts[0]?.['observed'])).toBeLessThan(ALERTED_WITHIN_NS);
    const asked = sink.rows('dns_exchange');
    expect(asked.map(({ tap_role }) => tap_role).sort()).toEqual(['pod', 'uplink']);
    for (const row of asked)
      expect(row).toMatchObject({ src: '10.178.0.2', name: 'api.test', state: 'unanswered' });
  });
  for (const child of children.splice(started)) child.kill('SIGKILL');
}, 10_000);

it('follows a pod that goes away', async () => {
  for (const child of children.splice(1)) child.kill('SIGKILL');
  ip('netns', 'del', POD);
  await eventually(() => {
    expect(sink.rows('endpoint').at(-1)).toMatchObject({ pod: POD, present: 0 });
    expect(sink.rows('host_info').at(-1)?.['taps']).not.toContain('pod0');
  });
}, 10_000);

it('tells that an address was given to another pod', async () => {
  for (const line of lines(`
    -n ${HOST} link add pod1 type veth peer name eth0 netns ${HEIR}
    -n ${HOST} link set pod1 master br0 up
    -n ${HEIR} addr add 10.178.0.2/24 dev eth0
    -n ${HEIR} link set eth0 up`)) {
    ip(...line.split(' '));
  }
  await eventually(() => {
    const words = sink.rows('endpoint').filter(({ address }) => address === '10.178.0.2');
    expect(words.map(({ pod, present }) => [pod, present])).toEqual([
      [POD, 1],
      [POD, 0],
      [HEIR, 1],
    ]);
  });
}, 10_000);
