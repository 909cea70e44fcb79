import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  CLIENT,
  NEAR_CLIENT,
  Path,
  type PathOptions,
  SERVER,
  SERVER_ADDRESS,
} from '../../experiments/testbed/path.js';
import { inNamespace } from '../../experiments/testbed/shell.js';
import { Netns } from '../common/loader/index.js';
import { rowsFromBatch, type Value } from '../common/schema/columns.js';
import { Monitor } from './index.js';

const PORT = 9000;
const FLOWS = 4;

/** Connections stay open: the kernel tells of a socket only while it lives. */
const SERVER_SCRIPT = `
  require('net').createServer((s) => {
    s.on('error', () => s.destroy());
    process.argv[1] === 'stops' ? s.once('data', () => s.pause()) : s.resume();
  }).listen(${PORT}, () => console.log('listening'));`;
const CLIENT_SCRIPT = `
  const [flows, seconds] = process.argv.slice(1).map(Number);
  const chunk = Buffer.alloc(65536, 's');
  const until = Date.now() + seconds * 1000;
  for (let i = 0; i < flows; i++) {
    const s = require('net').connect(${PORT}, '${SERVER_ADDRESS}');
    s.setKeepAlive(true, 1000);
    const write = () => Date.now() < until && s.write(chunk, write);
    s.on('connect', write);
  }
  setTimeout(() => {}, 60000);`;

interface Counted {
  readonly port: number;
  readonly retransmitted: number;
}

const byPort = (counted: readonly Counted[]): Counted[] =>
  [...counted].sort((a, b) => a.port - b.port);

/** TCP_INFO of the client's sockets: segments sent again, the SYN among them, and whether anything waits for its ACK. */
async function kernelCounts(): Promise<(Counted & { readonly waits: boolean })[]> {
  const lines = await inNamespace(CLIENT, `ss -tinHO state established dport = :${PORT}`);
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({
      port: Number(/:(\d+)\s/.exec(line)?.[1]),
      retransmitted: Number(/retrans:\d+\/(\d+)/.exec(line)?.[1] ?? 0),
      waits: /unacked:|notsent:/.test(line),
    }));
}

let path: Path;
let monitor: Monitor;

beforeEach(() => {
  monitor = Monitor.open({ host: 'h', maxFlows: 256 });
});
afterEach(async () => {
  monitor.close();
  await path.destroy();
});

async function start(options: PathOptions, server: 'reads' | 'stops', seconds: number) {
  path = await Path.build(options);
  const netns = Netns.open(NEAR_CLIENT.netns);
  monitor.attach({ netnsFd: netns.fd, ...NEAR_CLIENT, role: 'pod', pod: 'client' });
  netns.close();
  const run = (netns: string, script: string, ...args: (string | number)[]): void =>
    void path.processes.spawn([process.execPath, '-e', script, ...args.map(String)], {
      netns,
      stderr: 'inherit',
    });
  run(SERVER, SERVER_SCRIPT, server);
  await vi.waitFor(() => inNamespace(SERVER, `ss -tlnH | grep -q :${PORT}`), { timeout: 5000 });
  run(CLIENT, CLIENT_SCRIPT, FLOWS, seconds);
  await sleep(seconds * 1000);
}

/** Client to server, since the taps began. */
function monitorCounts(): Record<string, Value>[] {
  const rows: Record<string, Value>[] = [];
  for (const batch of monitor.sweep())
    if (batch.stream === 'flow_interval') rows.push(...rowsFromBatch(batch));
  return rows.filter((row) => row['dst_port'] === PORT);
}

const countOf = (row: Record<string, Value>): Counted => ({
  port: row['src_port'] as number,
  retransmitted: (row['retransmitted_segments'] as number) + (row['syn_retries'] as number),
});

const settled = async (): Promise<Counted[]> =>
  vi.waitFor(
    async () => {
      const counts = await kernelCounts();
      expect(counts.map(({ waits }) => waits)).toEqual(Array(FLOWS).fill(false));
      return counts.map(({ port, retransmitted }) => ({ port, retransmitted }));
    },
    { timeout: 60_000, interval: 200 },
  );

describe.each([
  { of: 'super-packets', offloads: true },
  { of: 'one segment a packet', offloads: false },
])('of $of, the pod tap of the sender', ({ offloads }) => {
  it.each([
    { under: '2 % loss', options: { bottleneckMbit: 20, lossPercent: 2 } },
    { under: '15 % loss, with timeouts', options: { bottleneckMbit: 20, lossPercent: 15 } },
    { under: 'reordering', options: { bottleneckMbit: 20, overtakingPercent: 1 } },
    {
      under: 'loss and reordering',
      options: { bottleneckMbit: 20, lossPercent: 2, overtakingPercent: 1 },
    },
  ])('counts the re-sends of each flow as the kernel does, under $under', async ({ options }) => {
    await start({ offloads, ...options }, 'reads', 4);
    const kernel = await settled();
    const counted = monitorCounts().map(countOf);
    expect(byPort(counted)).toEqual(byPort(kernel));
    expect(kernel.reduce((sum, { retransmitted }) => sum + retransmitted, 0)).toBeGreaterThan(10);
  });
});

it.each([
  { probes: 'probes of a shut window', server: 'stops', quietMs: 0 },
  { probes: 'keep-alives', server: 'reads', quietMs: 1800 },
] as const)('counts $probes apart', async ({ server, quietMs }) => {
  await start({ offloads: true }, server, 2);
  await sleep(quietMs);
  const rows = monitorCounts();
  const kernel = (await kernelCounts()).map(({ port, retransmitted }) => ({ port, retransmitted }));
  expect(byPort(rows.map(countOf))).toEqual(byPort(kernel));
  expect(Math.min(...rows.map((row) => row['probes'] as number))).toBeGreaterThan(0);
});
