/**
 * Opens connections from consecutive ports and sends on all of them for a while:
 * `node client.js HOST PORT FIRST_PORT FLOWS MODE SECONDS PAUSE_MS`. MODE `stream` sends as fast as the path takes it,
 * `rpc` asks, waits for the answer, pauses; `dribble` sends a little at a time and waits for nothing. Ends when every
 * connection is closed.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ANSWER_BYTES, CHUNK_BYTES, DRIBBLE_BYTES, REQUEST_BYTES } from './protocol.js';

const [host = '', port, firstPort, flows, mode = 'stream', seconds, pause] = process.argv.slice(2);
const until = performance.now() + Number(seconds) * 1000;
const pauseMs = Number(pause);
const chunk = Buffer.alloc(CHUNK_BYTES, 's');

const open = (localPort: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port), localPort, noDelay: true });
    socket.once('error', reject).once('connect', () => resolve(socket));
  });

async function stream(socket: Socket): Promise<void> {
  while (performance.now() < until) {
    await new Promise<void>((resolve) => socket.write(chunk, () => resolve()));
  }
}

async function rpc(socket: Socket): Promise<void> {
  await sleep(Math.random() * pauseMs);
  while (performance.now() < until) {
    let received = 0;
    await new Promise<void>((resolve) => {
      const take = (data: Buffer): void => {
        received += data.length;
        if (received < ANSWER_BYTES) return;
        socket.off('data', take);
        resolve();
      };
      socket.on('data', take);
      socket.write(chunk.subarray(0, REQUEST_BYTES));
    });
    await sleep(pauseMs);
  }
}

async function dribble(socket: Socket): Promise<void> {
  while (performance.now() < until) {
    socket.write(chunk.subarray(0, DRIBBLE_BYTES));
    await sleep(pauseMs);
  }
}

const run = { stream, rpc, dribble }[mode];
const sockets = await Promise.all(
  Array.from({ length: Number(flows) }, (_, index) => open(Number(firstPort) + index)),
);
await Promise.all(
  sockets.map(async (socket) => {
    await run?.(socket);
    socket.resume().end();
  }),
);
