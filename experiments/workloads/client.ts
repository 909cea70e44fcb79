/**
 * Closed-loop client: `node client.js HOST PORT PAUSE_MS MODE`. One request at a time, a pause in between. MODE `keep`
 * keeps its connection, `short` opens one for each request, `resting` keeps it and rests now and then.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { REQUEST_BYTES, RESPONSE_BYTES, REST_EVERY, REST_MS } from './protocol.js';
import { failed, reportEverySecond, succeeded } from './reports.js';

const [host = '127.0.0.1', port = '8080', pauseMs = '5', mode = 'keep'] = process.argv.slice(2);
const request = Buffer.alloc(REQUEST_BYTES, 'q');
const TIMEOUT_MS = 10_000;

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

reportEverySecond();
let socket: Socket | undefined;
for (let n = 1; ; n++) {
  const started = performance.now();
  try {
    socket ??= await open();
    socket.removeAllListeners('close');
    await ask(socket);
    succeeded(performance.now() - started);
    if (mode === 'short') {
      socket.end();
      socket = undefined;
    }
  } catch {
    failed();
    socket?.destroy();
    socket = undefined;
    await sleep(200);
  }
  await sleep(mode === 'resting' && n % REST_EVERY === 0 ? REST_MS : Number(pauseMs));
}
