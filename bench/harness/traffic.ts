/** Traffic from client to server of a pair, and how much of it there is between two moments. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pair } from '../../experiments/testbed/pair.js';
import { type BulkOptions, startIperf } from '../../experiments/workloads/bulk.js';
import { script } from '../../experiments/workloads/script.js';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import { native } from '../../primitives/common/native/index.js';
import { type EndCounters, readEnd, receivedOctets } from './end-counters.js';
import type { RpcWindow } from './rpc-client.js';

export interface Rate {
  /** Bulk: IP bytes that reached the server. Else requests. */
  readonly perSecond: number;
  readonly p50Us: number | null;
  readonly p99Us: number | null;
}

export interface Traffic {
  /** What the client's namespace has sent and received so far. */
  clientCounters(): EndCounters;
  begin(): void;
  end(): Promise<Rate>;
  stop(): Promise<void>;
}

const PORT = 5201;
/** With the default of 16 MiB, Node's own pauses are the p99. */
const RARE_COLLECTION = ['--max-semi-space-size=256'];
const READY_WITHIN_MS = 10_000;
/** Of the client, more than there were at its start: every connection is up and past its first packets. */
const READY_PACKETS = 20_000;

export async function startBulkTraffic(
  pair: Pair,
  options: Pick<BulkOptions, 'streams' | 'pacedMbit'>,
): Promise<Traffic> {
  const bulk = startIperf(pair.processes, pair.client, pair.server, { port: PORT, ...options });
  const server = (): { ns: bigint; bytes: number } => ({
    ns: native().monotonicNs(),
    bytes: receivedOctets(bulk.server),
  });
  let begun = { ns: 0n, bytes: 0 };
  const traffic: Traffic = {
    clientCounters: () => readEnd(bulk.client),
    begin: () => void (begun = server()),
    end() {
      const { ns, bytes } = server();
      const perSecond = ((bytes - begun.bytes) * 1e9) / Number(ns - begun.ns);
      return Promise.resolve({ perSecond, p50Us: null, p99Us: null });
    },
    stop: () => bulk.stop(),
  };
  await ready(traffic);
  return traffic;
}

export async function startRpcTraffic(pair: Pair, loops: number): Promise<Traffic> {
  const { client: from, server: to, processes } = pair;
  const start = ({ netns, cpu }: typeof from, name: string, args: readonly string[]) => {
    const command = [...script(import.meta.url, name, RARE_COLLECTION), ...args];
    const child = processes.spawn(command, { netns, cpu, stdout: 'pipe', stderr: 'inherit' });
    return { child, lines: createInterface({ input: child.stdout ?? process.stdin }) };
  };
  const server = start(to, 'rpc-server', [String(PORT)]);
  await nextLine(server);
  const client = start(from, 'rpc-client', [to.address, String(PORT), String(loops)]);
  await nextLine(client);
  const traffic: Traffic = {
    clientCounters: () => readEnd(client.child),
    begin: () => void client.child.kill('SIGUSR2'),
    async end() {
      const answer = nextLine(client);
      client.child.kill('SIGUSR2');
      const { requests, elapsed_ms, p50_us, p99_us } = JSON.parse(await answer) as RpcWindow;
      return { perSecond: (requests * 1000) / elapsed_ms, p50Us: p50_us, p99Us: p99_us };
    },
    async stop() {
      await processes.end(client.child);
      await processes.end(server.child);
    },
  };
  await ready(traffic);
  return traffic;
}

async function nextLine({
  child,
  lines,
}: {
  child: ChildProcess;
  lines: Interface;
}): Promise<string> {
  const failed = new AbortController();
  const { signal } = failed;
  const died = (): void => failed.abort();
  child.once('exit', died).once('error', died);
  const timer = setTimeout(died, READY_WITHIN_MS);
  try {
    const [line] = (await once(lines, 'line', { signal })) as [string];
    return line;
  } catch (cause) {
    throw new NetverdictError('NV_TIMEOUT', 'the traffic of the benchmark gave no answer', {
      cause,
    });
  } finally {
    clearTimeout(timer);
    child.off('exit', died).off('error', died);
  }
}

async function ready(traffic: Traffic): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  // By then the client is in its namespace, where others may have sent before.
  await sleep(100);
  const before = traffic.clientCounters().sentPackets;
  while (Date.now() < deadline) {
    await sleep(100);
    if (traffic.clientCounters().sentPackets - before >= READY_PACKETS) return;
  }
  throw new NetverdictError('NV_TIMEOUT', `no traffic within ${READY_WITHIN_MS} ms`);
}
