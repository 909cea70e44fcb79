/**
 * Closed-loop client: `node client.js HOST PORT PAUSE_MS [short]`. One request at a time, a pause in between; with
 * `short` a new connection for each. Prints one ClientReport a second: harm is proved by these, not by netverdict.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ClientReport, REQUEST_BYTES, RESPONSE_BYTES } from './protocol.js';

const [host = '127.0.0.1', port = '8080', pauseMs = '5', mode = 'keep'] = process.argv.slice(2);
const request = Buffer.alloc(REQUEST_BYTES, 'q');
const TIMEOUT_MS = 10_000;

let times: number[] = [];
let failures = 0;

const quantile = (sorted: readonly number[], q: number): number | null =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? null;

setInterval(() => {
  const sorted = times.sort((a, b) => a - b);
  const report: ClientReport = {
    at: new Date().toISOString(),
    requests: sorted.length,
    failures,
    p50_ms: quantile(sorted, 0.5),
    p99_ms: quantile(sorted, 0.99),
    max_ms: sorted.at(-1) ?? null,
  };
  process.stdout.write(`${JSON.stringify(report)}\n`);
  times = [];
  failures = 0;
}, 1000);

function open(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port), noDelay: true });
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('timeout')));
    socket.once('error', reject);
    socket.once('connect', () => resolve(socket));
  });
}

function ask(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = 0;
    const onData = (chunk: Buffer): void => {
      received += chunk.length;
      if (received < RESPONSE_BYTES) return;
      socket.off('data', onData);
      resolve();
    };
    socket.on('data', onData);
    socket.once('close', () => reject(new Error('closed')));
    socket.write(request);
  });
}

let socket: Socket | undefined;
for (;;) {
  const started = performance.now();
  try {
    socket ??= await open();
    socket.removeAllListeners('close');
    await ask(socket);
    times.push(performance.now() - started);
    if (mode === 'short') {
      socket.end();
      socket = undefined;
    }
  } catch {
    failures++;
    socket?.destroy();
    socket = undefined;
    await sleep(200);
  }
  await sleep(Number(pauseMs));
}
