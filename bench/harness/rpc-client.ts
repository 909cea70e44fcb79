/**
 * Closed loops of 64 bytes in one process: `node rpc-client.js HOST PORT LOOPS`. Says `ready` when all are connected.
 * SIGUSR2 begins a window; the next ends it and makes it write an RpcWindow as one line.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { ascending, quantile } from '../../experiments/results/quantile.js';

export interface RpcWindow {
  readonly requests: number;
  readonly elapsed_ms: number;
  readonly p50_us: number | null;
  readonly p99_us: number | null;
}

const MESSAGE = Buffer.alloc(64, 'm');
const [host = '127.0.0.1', port = '5201', loops = '32'] = process.argv.slice(2);

let begunMs: number | undefined;
let times: number[] = [];

process.on('SIGUSR2', () => {
  const nowMs = performance.now();
  if (begunMs === undefined) {
    begunMs = nowMs;
    return;
  }
  const sorted = ascending(times);
  const window: RpcWindow = {
    requests: times.length,
    elapsed_ms: nowMs - begunMs,
    p50_us: quantile(sorted, 0.5),
    p99_us: quantile(sorted, 0.99),
  };
  begunMs = undefined;
  times = [];
  process.stdout.write(`${JSON.stringify(window)}\n`);
});

async function loop(): Promise<() => void> {
  const socket = connect({ host, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  let askedMs = 0;
  let received = 0;
  const ask = (): void => {
    askedMs = performance.now();
    socket.write(MESSAGE);
  };
  socket.on('data', (chunk) => {
    received += chunk.length;
    if (received < MESSAGE.length) return;
    received = 0;
    if (begunMs !== undefined) times.push((performance.now() - askedMs) * 1000);
    ask();
  });
  return ask;
}

const starts = await Promise.all(Array.from({ length: Number(loops) }, loop));
process.stdout.write('ready\n');
for (const start of starts) start();
