/**
 * Streaming client: `node stream.js HOST PORT MBIT [BLOCKS]`. A block is done when the kernel took all of it. Ends when
 * so many blocks have arrived; without, never. SIGUSR2 makes it FASTER times as fast, or as slow again.
 */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { BLOCK_BYTES, FASTER } from './protocol.js';
import { failed, reportEverySecond, succeeded } from './reports.js';

const [host = '127.0.0.1', port = '8090', mbit = '20', blocks] = process.argv.slice(2);
const most = blocks === undefined ? Infinity : Number(blocks);
const block = Buffer.alloc(BLOCK_BYTES, 's');
const usualMs = (BLOCK_BYTES * 8) / (Number(mbit) * 1000);
let intervalMs = usualMs;
process.on('SIGUSR2', () => {
  intervalMs = intervalMs === usualMs ? usualMs / FASTER : usualMs;
});

async function stream(): Promise<void> {
  const socket = connect({ host, port: Number(port) });
  const broken = new Promise<never>((_, reject) => socket.once('error', reject));
  for (let sent = 0; sent < most; sent++) {
    const started = performance.now();
    const written = new Promise<void>((resolve) => socket.write(block, () => resolve()));
    await Promise.race([written, broken]);
    const took = performance.now() - started;
    succeeded(took);
    await sleep(Math.max(0, intervalMs - took));
  }
  socket.end().once('close', () => process.exit());
  await broken;
}

reportEverySecond();
for (;;) {
  await stream().catch(failed);
  await sleep(200);
}
