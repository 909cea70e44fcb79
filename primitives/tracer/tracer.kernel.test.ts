import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowsFromBatch } from '../common/schema/columns.js';
import { decodeRecords, type KernelStream } from '../common/schema/decode.js';
import { Tracer } from './index.js';
import { LEVELS, PROBES } from './probes.js';

const NS = { a: 'nvt-trace-a', b: 'nvt-trace-b', c: 'nvt-trace-c' };
const FLOW_PORT = 7001;
const OTHER_PORT = 7002;
const TCP_CA_OPEN = 0;
const TCP_CA_LOSS = 4;
const SERVER = `require('net').createServer(s=>s.on('data',()=>s.write('y'.repeat(500))).on('error',()=>{})).listen(+process.argv[1],'10.99.1.2')`;
const CLIENT = `const s=require('net').connect({host:'10.99.1.2',port:+process.argv[1],localPort:+process.argv[2],localAddress:process.argv[3]},()=>{setInterval(()=>s.write('x'.repeat(100)),5)});s.on('data',()=>{}).on('error',()=>{})`;

const ip = (...args: string[]): void => void execFileSync('ip', args, { stdio: 'ignore' });
const inode = (ns: string): number => statSync(`/run/netns/${ns}`).ino;

/** Sender a and receiver b, joined by a veth pair; c is another host that also talks to b. */
function build(): void {
  for (const ns of Object.values(NS)) ip('netns', 'add', ns);
  ip('link', 'add', 'up0', 'netns', NS.a, 'type', 'veth', 'peer', 'name', 'up0', 'netns', NS.b);
  ip('link', 'add', 'up0', 'netns', NS.c, 'type', 'veth', 'peer', 'name', 'up1', 'netns', NS.b);
  const address = (ns: string, dev: string, cidr: string): void => {
    ip('-n', ns, 'address', 'add', cidr, 'dev', dev);
    ip('-n', ns, 'link', 'set', dev, 'up');
  };
  address(NS.a, 'up0', '10.99.1.1/24');
  address(NS.b, 'up0', '10.99.1.2/24');
  address(NS.c, 'up0', '10.99.2.1/24');
  address(NS.b, 'up1', '10.99.2.2/24');
  ip('-n', NS.c, 'route', 'add', '10.99.1.0/24', 'via', '10.99.2.2');
  // Not pfifo: an empty one is bypassed.
  const shaper = 'tbf rate 1gbit burst 128kb latency 50ms'.split(' ');
  execFileSync('tc', ['-n', NS.a, 'qdisc', 'add', 'dev', 'up0', 'root', ...shaper]);
}

const processes: ChildProcess[] = [];
const node = (ns: string, script: string, ...args: (string | number)[]): void => {
  const argv = [`--net=/run/netns/${ns}`, process.execPath, '-e', script, ...args.map(String)];
  processes.push(spawn('nsenter', argv, { stdio: 'ignore' }));
};

describe('tracer', () => {
  let tracer: Tracer;
  const flow = {
    src: '10.99.1.1',
    src_port: 6001,
    dst: '10.99.1.2',
    dst_port: FLOW_PORT,
    protocol: 6,
  };

  beforeAll(async () => {
    build();
    node(NS.b, SERVER, FLOW_PORT);
    node(NS.b, SERVER, OTHER_PORT);
    await sleep(400);
    node(NS.a, CLIENT, FLOW_PORT, 6001, '10.99.1.1');
    node(NS.a, CLIENT, OTHER_PORT, 6002, '10.99.1.1');
    node(NS.c, CLIENT, FLOW_PORT, 6003, '10.99.2.1');
    await sleep(400);
    tracer = Tracer.open({ cpus: [0, 1] });
    tracer.setScope([inode(NS.a)], [{ netns: inode(NS.a), ifindex: ifindex(NS.a, 'up0') }]);
  });

  afterAll(() => {
    for (const child of processes) child.kill('SIGKILL');
    for (const ns of Object.values(NS)) ip('netns', 'delete', ns);
    tracer.close();
  });

  async function traced(ms: number): Promise<Record<string, Record<string, unknown>[]>> {
    tracer.drain();
    await sleep(ms);
    return drained();
  }

  function drained(): Record<string, Record<string, unknown>[]> {
    const rows: Record<string, Record<string, unknown>[]> = {};
    for (const { stream, bytes } of tracer.drain())
      (rows[stream] ??= []).push(
        ...rowsFromBatch(decodeRecords(stream, bytes, agentColumns(stream))),
      );
    return rows;
  }

  it('attaches nothing until a flow is armed, and nothing after', async () => {
    expect(tracer.armed).toBe(false);
    expect(Object.keys(await traced(100))).toEqual([]);
    const attached = (): number => tracer.probes.filter(({ state }) => state === 'attached').length;
    expect(attached()).toBe(0);
    tracer.arm([flow], []);
    expect(attached()).toBe(PROBES.length);
    // What it does not tell is said for each level, with the reason.
    for (const { state, reason } of tracer.probes) expect(reason !== '').toBe(state === 'absent');
    expect(new Set(tracer.probes.map(({ level }) => level))).toEqual(new Set(LEVELS));
    tracer.disarm();
    expect(tracer.armed).toBe(false);
    await traced(50);
    expect(Object.keys(await traced(100))).toEqual([]);
  });

  it('sees the armed flow at every level, on its own host only', async () => {
    tracer.arm([flow], []);
    const { packet_event = [], socket_event = [], sched_event = [] } = await traced(600);
    tracer.disarm();
    const armed = packet_event.filter((e) => e['armed'] === 1);
    const probes = new Set(armed.map((e) => e['probe']));
    for (const probe of ['qdisc_enqueue', 'dev_xmit', 'netif_rx']) expect(probes).toContain(probe);
    expect(new Set(socket_event.map((e) => e['probe']))).toEqual(
      new Set(['send', 'receive', 'data_ready', 'tcp_probe']),
    );
    expect(sched_event.length).toBeGreaterThan(0);
    for (const event of [...packet_event, ...socket_event])
      expect(event['netns']).toBe(inode(NS.a));
    const ports = armed.flatMap((e) => [e['src_port'], e['dst_port']]);
    expect(new Set(ports)).toEqual(new Set([6001, FLOW_PORT]));
  });

  it('sees every flow of a service that is armed without a client port', async () => {
    tracer.arm([{ ...flow, src_port: 0 }], []);
    const { packet_event = [], socket_event = [] } = await traced(300);
    tracer.disarm();
    const armed = packet_event.filter((e) => e['armed'] === 1);
    const ports = [...armed, ...socket_event].flatMap((e) => [e['src_port'], e['dst_port']]);
    expect(new Set(ports)).toEqual(new Set([6001, FLOW_PORT]));
  });

  it('tells the other flows of an uplink as neighbours, to say whose bytes are in its queue', async () => {
    tracer.arm([flow], []);
    const { packet_event = [] } = await traced(300);
    tracer.disarm();
    const neighbours = packet_event.filter((e) => e['armed'] === 0 && e['protocol'] === 6);
    expect(neighbours.length).toBeGreaterThan(0);
    expect(new Set(neighbours.map((e) => e['probe']))).toEqual(new Set(['dev_xmit']));
    expect(new Set(neighbours.map((e) => e['src_port']))).toEqual(new Set([6002]));
  });

  it('tells of queues besides the uplinks, and of no device without one', async () => {
    tracer.setScope([inode(NS.a), inode(NS.b)], []);
    tracer.arm([flow], []);
    const { packet_event = [] } = await traced(300);
    tracer.disarm();
    tracer.setScope([inode(NS.a)], [{ netns: inode(NS.a), ifindex: ifindex(NS.a, 'up0') }]);
    expect(new Set(packet_event.map((e) => e['probe']))).toEqual(
      new Set(['qdisc_enqueue', 'dev_xmit']),
    );
    for (const event of packet_event)
      expect(event).toMatchObject({ netns: inode(NS.a), tap_role: 'none', armed: 1 });
  });

  it('knows nothing of what threads did while it was disarmed', async () => {
    tracer.arm([flow], []);
    await traced(100);
    tracer.disarm();
    tracer.drain();
    await sleep(500);
    tracer.arm([flow], []);
    await sleep(300);
    const { sched_event = [] } = drained();
    tracer.disarm();
    const lengths = sched_event.map((e) => Number(e['end_ns']) - Number(e['start_ns']));
    expect(lengths.length).toBeGreaterThan(0);
    expect(Math.max(...lengths)).toBeLessThan(400e6);
  });

  it('lists the sockets of its namespaces with the processes that hold them', () => {
    const rows = rowsFromBatch(
      decodeRecords(
        'socket_owner',
        Buffer.concat([...tracer.owners()]),
        agentColumns('socket_owner'),
      ),
    );
    expect(rows.map((r) => r['src_port'])).toEqual(expect.arrayContaining([6001, 6002]));
    expect(rows.map((r) => r['src_port'])).not.toContain(6003);
    expect(rows.find((r) => r['src_port'] === 6001)).toMatchObject({
      dst: '10.99.1.2',
      dst_port: FLOW_PORT,
      tgid: processes[2]?.pid,
    });
  });

  it('tells what holds a sender, by its own account, and nothing of those that nothing holds', async () => {
    const deaf = `require('net').createServer(s=>s.on('error',()=>{}).pause()).listen(7003,'10.99.1.2')`;
    const writer = `const s=require('net').connect({host:'10.99.1.2',port:7003,localPort:6004},()=>s.write(Buffer.alloc(3e7)));s.on('error',()=>{})`;
    Array.from(tracer.senderTimes());
    node(NS.b, deaf);
    await sleep(400);
    node(NS.a, writer);
    await sleep(600);
    const rows = rowsFromBatch(
      decodeRecords('socket_time', Buffer.concat([...tracer.senderTimes()]), { host: 'a' }),
    );
    expect(rows.map((r) => r['src_port'])).toEqual([6004]);
    const [row = {}] = rows;
    expect(row).toMatchObject({ dst: '10.99.1.2', dst_port: 7003, writer_waits: 1 });
    expect(Number(row['rwnd_limited_us'])).toBeGreaterThan(200_000);
    expect(Number(row['rwnd_limited_us'])).toBeLessThanOrEqual(Number(row['busy_us']));
    expect(Number(row['unsent_bytes'])).toBeGreaterThan(0);
  });

  it('counts what finds no room, by probe and processor', async () => {
    const small = Tracer.open({ cpus: [0, 1], ringBytes: 4096 });
    small.setScope([inode(NS.a)], [{ netns: inode(NS.a), ifindex: ifindex(NS.a, 'up0') }]);
    small.arm([flow], []);
    await sleep(600);
    small.disarm();
    const lost = small.losses();
    expect(small.losses()).toEqual([]);
    small.close();
    const probesOf = (place: string): Set<string> =>
      new Set(lost.filter((each) => each.place === place).map(({ probe }) => probe));
    expect(probesOf('ring socket_events')).toEqual(
      new Set(['send', 'receive', 'data_ready', 'tcp_probe']),
    );
    expect(probesOf('ring packet_events')).toEqual(
      new Set(['qdisc_enqueue', 'dev_xmit', 'netif_rx']),
    );
    for (const { cpu, reason, records } of lost) {
      expect([0, 1]).toContain(cpu);
      expect(reason).toBe('full');
      expect(records).toBeGreaterThan(0);
    }
  });

  it('tells of loss and recovery as TCP enters and leaves them', async () => {
    const nft = (...args: string[]): void =>
      void execFileSync('ip', ['netns', 'exec', NS.a, 'nft', ...args]);
    tracer.arm([flow], []);
    nft('add', 'table', 'ip', 'nv');
    nft('add chain ip nv c { type filter hook input priority 0; }');
    nft('add', 'rule', 'ip', 'nv', 'c', 'tcp', 'sport', String(FLOW_PORT), 'drop');
    await sleep(700);
    nft('delete', 'table', 'ip', 'nv');
    await sleep(1500);
    const { socket_event = [] } = drained();
    tracer.disarm();
    const states = socket_event
      .filter((e) => e['probe'] === 'congestion_state')
      .map((e) => e['ca_state']);
    expect(states).toContain(TCP_CA_LOSS);
    expect(states.at(-1)).toBe(TCP_CA_OPEN);
  });

  it.each([
    ['received', 'input', 'sport', 'src_port'],
    ['sent, before it has a device', 'output', 'dport', 'dst_port'],
  ])('names the reason of a drop of what is %s', async (_, hook, match, port) => {
    const nft = (...args: string[]): void =>
      void execFileSync('ip', ['netns', 'exec', NS.a, 'nft', ...args]);
    tracer.arm([flow], []);
    nft('add', 'table', 'ip', 'nv');
    nft(`add chain ip nv c { type filter hook ${hook} priority 0; }`);
    nft('add', 'rule', 'ip', 'nv', 'c', 'tcp', match, String(FLOW_PORT), 'drop');
    const { packet_event = [] } = await traced(400);
    nft('delete', 'table', 'ip', 'nv');
    tracer.disarm();
    const drops = packet_event.filter((e) => e['probe'] === 'drop' && e[port] === FLOW_PORT);
    expect(drops.length).toBeGreaterThan(0);
    expect(Number(drops[0]?.['location'])).not.toBe(0);
    expect(Number(drops[0]?.['netns'])).toBe(inode(NS.a));
  });
});

function ifindex(ns: string, name: string): number {
  const text = execFileSync('ip', ['-n', ns, '-json', 'link', 'show', name], { encoding: 'utf8' });
  return (JSON.parse(text) as { ifindex: number }[])[0]?.ifindex ?? 0;
}

function agentColumns(stream: KernelStream): Record<string, string | bigint> {
  if (stream === 'packet_event')
    return { host: 'a', ifname: '', drop_reason_name: '', drop_symbol: '' };
  if (stream === 'sched_event') return { host: 'a', cgroup: '' };
  if (stream === 'socket_owner') return { host: 'a', time_ns: 0n, cgroup: '' };
  return { host: 'a' };
}
