/** Routers of the middle export real traffic; what the analyzer says of pods is held against what they sent. */
import { once } from 'node:events';
import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BLOCK_BYTES } from '../workloads/protocol.js';
import { type PodRef, startSink, startStream } from '../workloads/starters.js';
import { isInstalled, NETWORK_EXPORTERS, startNetworkExporter } from './network-exporter.js';
import { POD_MTU } from './plan.js';
import { RecordedMiddle } from './recorded-middle.js';

/** IPv4 and TCP with timestamps; what VXLAN over IPv4 adds to each segment. */
const TCP_HEADERS = 20 + 32;
const TUNNEL_BYTES = 50;
const SEGMENT = POD_MTU - TCP_HEADERS;

const TRANSFERS: readonly { from: PodRef; to: PodRef; mbit: number; blocks: number }[] = [
  { from: { host: 'a', pod: 1 }, to: { host: 'b', pod: 1 }, mbit: 12, blocks: 40 },
  { from: { host: 'c', pod: 2 }, to: { host: 'b', pod: 2 }, mbit: 24, blocks: 80 },
];
const PORT = 5501;
/** IPFIX of softflowd is numbered by the records up to and with its own: off by those of one message. */
const MOST_MISNUMBERED = 10;

/** Until an exporter has opened its socket, told of the last second, and the analyzer has stored it. */
const LISTENING_MS = 1500;
const RECORDED_MS = 2500;
const STORED_MS = 500;

const underlayBytes = (payload: number): number =>
  payload + Math.ceil(payload / SEGMENT) * (TCP_HEADERS + TUNNEL_BYTES);

let middle: RecordedMiddle;
let netns: string;
beforeAll(async () => {
  middle = await RecordedMiddle.build('netrec');
  const { testbed } = middle;
  netns = `net:[${statSync(`/run/netns/${testbed.plan.middle}`).ino}]`;
  for (const { to } of TRANSFERS) startSink(testbed, to, PORT);
  // A link is never silent: softflowd reads what came last when more follows.
  testbed.processes.spawn(['ping', '-q', '-i', '0.02', testbed.pod('b', 1).address], {
    netns: testbed.pod('a', 2).netns,
  });
});
afterAll(async () => {
  await middle.destroy();
  expect(leftInMiddle()).toEqual([]);
});

/** Processes that are still in the middle, which lives on without a name as long as they do. */
const leftInMiddle = (): string[] =>
  readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .flatMap((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/ns/net`) === netns ? [pid] : [];
      } catch {
        return [];
      }
    });

const missingOf = (metrics: string): number =>
  Number(/^netverdict_network_missing\{exporter="127.0.0.1"\} (\d+)$/m.exec(metrics)?.[1]);

const nowNs = (): bigint => BigInt(Date.now()) * 1_000_000n;
const podName = ({ host, pod }: PodRef): string => middle.testbed.pod(host, pod).netns;

describe.each(NETWORK_EXPORTERS)('$name', (exporter) => {
  it.skipIf(!isInstalled(exporter))('tells of each pod what it sent over the link', async () => {
    const { testbed } = middle;
    const fromNs = nowNs();
    const running = startNetworkExporter(testbed, exporter, 'b');
    await sleep(LISTENING_MS);
    const streams = TRANSFERS.map(({ from, to, mbit, blocks }) =>
      startStream(testbed, from, to, { port: PORT, mbit, blocks }),
    );
    await Promise.all(streams.map(({ process }) => once(process, 'exit')));
    await sleep(RECORDED_MS);
    await testbed.processes.end(running);
    await sleep(STORED_MS);
    const pods = await middle.query(
      `SELECT source, destination, bytes FROM link_pods(${fromNs}::BIGINT, ${nowNs()}::BIGINT)`,
    );
    for (const { from, to, blocks } of TRANSFERS) {
      const ends = { source: podName(from), destination: podName(to) };
      const [row] = pods.filter(
        (p) => p['source'] === ends.source && p['destination'] === ends.destination,
      );
      const ratio = Number(row?.['bytes']) / underlayBytes(blocks * BLOCK_BYTES);
      expect(ratio).toBeGreaterThan(1 - exporter.tolerance);
      expect(ratio).toBeLessThan(1 + exporter.tolerance);
    }
    expect(pods[0]).toMatchObject({ source: podName({ host: 'c', pod: 2 }) });
    const metrics = await middle.ask('/metrics');
    expect(missingOf(metrics)).toBeLessThan(MOST_MISNUMBERED);
    expect(metrics).not.toContain('netverdict_network_refused_total{');
  });
});
