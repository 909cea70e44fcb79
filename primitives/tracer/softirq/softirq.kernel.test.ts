import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rowsFromBatch } from '../../common/schema/columns.js';
import { decodeRecords } from '../../common/schema/decode.js';
import { Tracer } from '../index.js';

const A = 'nvt-softirq-a';
const B = 'nvt-softirq-b';
const FLOW = { src: '10.98.1.1', src_port: 6001, dst: '10.98.1.2', dst_port: 7001, protocol: 17 };
/** Where b receives. */
const CPU = 1;
const HOLD_MS = 30;
const SEND = `const s=require('dgram').createSocket('udp4');s.bind(6001,()=>setInterval(()=>s.send('x',7001,'10.98.1.2'),5))`;

const ip = (...args: string[]): void => void execFileSync('ip', args, { stdio: 'ignore' });
const inside = (ns: string, script: string): string =>
  execFileSync('ip', ['netns', 'exec', ns, 'sh', '-ec', script], { encoding: 'utf8' });

let tracer: Tracer;
const processes: ChildProcess[] = [];
function start(cpu: number, ...command: string[]): ChildProcess {
  const child = spawn('taskset', ['-c', String(cpu), ...command], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  processes.push(child);
  return child;
}

beforeAll(() => {
  for (const ns of [A, B]) ip('netns', 'add', ns);
  ip('link', 'add', 'up0', 'netns', A, 'type', 'veth', 'peer', 'name', 'up0', 'netns', B);
  for (const [ns, address] of [[A, FLOW.src] as const, [B, FLOW.dst] as const]) {
    ip('-n', ns, 'address', 'add', `${address}/24`, 'dev', 'up0');
    ip('-n', ns, 'link', 'set', 'up0', 'up');
  }
  start(0, 'nsenter', `--net=/run/netns/${A}`, process.execPath, '-e', SEND);
  tracer = Tracer.open({ cpus: [CPU] });
  const netns = statSync(`/run/netns/${B}`).ino;
  const ifindex = Number(inside(B, 'cat /sys/class/net/up0/ifindex'));
  tracer.setScope([netns], [{ netns, ifindex }]);
});

afterAll(() => {
  for (const child of processes) child.kill('SIGKILL');
  for (const ns of [A, B]) ip('netns', 'delete', ns);
  tracer.close();
});

/** What was told of the scheduler while `hold` lasted, in stretches of half of HOLD_MS at least. */
async function long(hold: () => Promise<void>): Promise<Record<string, unknown>[]> {
  tracer.arm([FLOW], []);
  await sleep(200);
  tracer.drain();
  await hold();
  await sleep(50);
  const records = tracer.drain();
  tracer.disarm();
  return records
    .filter(({ stream }) => stream === 'sched_event')
    .flatMap(({ stream, bytes }) =>
      rowsFromBatch(decodeRecords(stream, bytes, { host: 'b', cgroup: '' })),
    )
    .filter((r) => Number(r['end_ns']) - Number(r['start_ns']) > HOLD_MS * 5e5);
}

it('tells how long softirqs were off, and whose doing that was', async () => {
  inside(B, `echo ${1 << CPU} > /sys/class/net/up0/queues/rx-0/rps_cpus`);
  const fixture = fileURLToPath(new URL('./fixture/stall.ts', import.meta.url));
  const task = start(CPU, process.execPath, '--import', 'tsx', fixture, String(HOLD_MS), '20');
  if (task.stdout) await once(task.stdout, 'data');
  const told = await long(async () => {
    task.kill('SIGUSR2');
    await sleep(200);
  });
  task.kill('SIGKILL');
  const of = (kind: string) => told.filter((row) => row['kind'] === kind);
  expect(of('softirq').length).toBeGreaterThan(0);
  for (const row of of('softirq')) expect(row).toMatchObject({ pid: 0, cpu: CPU });
  expect(of('slice').map((row) => row['tgid'])).toContain(task.pid);
});

it('tells how long the thread of an uplink had no processor, and who had it', async () => {
  inside(A, 'ethtool -K up0 tso off');
  inside(B, 'echo 0 > /sys/class/net/up0/queues/rx-0/rps_cpus');
  inside(B, 'ethtool -K up0 gro on; echo 1 > /sys/class/net/up0/threaded');
  const thread = receiveThread();
  execFileSync('taskset', ['-p', '-c', String(CPU), thread]);
  let hog: ChildProcess | undefined;
  const told = await long(async () => {
    hog = start(CPU, 'chrt', '-f', '10', 'sh', '-c', 'while :; do :; done');
    await sleep(3 * HOLD_MS);
    hog.kill('SIGKILL');
  });
  const waits = told.filter((row) => row['kind'] === 'softirq');
  expect(waits.map((row) => String(row['pid']))).toContain(thread);
  const slices = told.filter((row) => row['kind'] === 'slice');
  expect(slices.map((row) => row['tgid'])).toContain(hog?.pid);
});

/** The newest thread that polls a device of this name. */
function receiveThread(): string {
  const comm = (pid: string): string => {
    try {
      return readFileSync(`/proc/${pid}/comm`, 'utf8');
    } catch {
      return '';
    }
  };
  const threads = readdirSync('/proc').filter((pid) => comm(pid).startsWith('napi/up0-'));
  return String(Math.max(...threads.map(Number)));
}
