/** Sends what agents sent, when they sent it: each host its own connection, one request after the other. */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { AnalyzerClient } from '../../primitives/agent/analyzer-client.js';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import { toArrow } from '../../primitives/common/schema/arrow-encode.js';
import { Clones } from './clones.js';
import type { Delivery, Recording } from './recording.js';

export interface Sent {
  readonly records: number;
  readonly requests: number;
  /** From the moment at which it was due to its answer, each request. */
  readonly lateMs: readonly number[];
}

export async function sendAll(
  { deliveries, clocks }: Recording,
  agents: number,
  address: string,
  signal: AbortSignal,
): Promise<Sent> {
  const clones = new Clones(deliveries);
  const hosts = [...new Set(deliveries.map(({ host }) => host))].sort();
  const beganMs = performance.now();
  const firstNs = deliveries[0]?.receivedNs ?? 0n;
  const sent = { records: 0, requests: 0, lateMs: [] as number[] };
  setMaxListeners(0, signal);
  const agent = async (number: number, host: string): Promise<void> => {
    const client = new AnalyzerClient(address, undefined);
    // The sweeps of many hosts do not all fall together.
    const offsetMs = number === 0 ? 0 : (number * 37) % 1000;
    for (const delivery of deliveries) {
      if (delivery.host !== host) continue;
      const made = clones.of(number, delivery);
      if (made === null) continue;
      const dueMs = beganMs + offsetMs + Number(delivery.receivedNs - firstNs) / 1e6;
      const early = dueMs - performance.now();
      if (early > 1) await sleep(early, undefined, { signal });
      const sentNs = delivery.receivedNs - (clocks.get(host) ?? 0n);
      await post(client, made, sentNs, performance.now() - dueMs, signal);
      sent.lateMs.push(performance.now() - dueMs);
      sent.records += made.batch.length;
      sent.requests++;
    }
    client.close();
  };
  await Promise.all(
    Array.from({ length: agents }, (_, index) =>
      agent(Math.floor(index / hosts.length), hosts[index % hosts.length] ?? ''),
    ),
  );
  return sent;
}

async function post(
  client: AnalyzerClient,
  { host, batch }: Delivery,
  sentNs: bigint,
  waitedMs: number,
  signal: AbortSignal,
): Promise<void> {
  const { status, body } = await client.post(
    `/v1/ingest/${batch.stream}`,
    {
      'content-type': 'application/vnd.apache.arrow.stream',
      'x-netverdict-host': host,
      'x-netverdict-sent-ns': String(sentNs + BigInt(Math.round(waitedMs * 1e6))),
      'x-netverdict-waited-ns': String(Math.round(Math.max(0, waitedMs) * 1e6)),
    },
    toArrow(batch),
    signal,
  );
  if (status !== 200)
    throw new NetverdictError('NV_INTERNAL', `ingest answered ${status}: ${body}`);
}
