/**
 * Closed-loop client: `node client.js HOST PORT PAUSE_MS MODE`. One request at a time, a pause in between. MODE `keep`
 * keeps its connection, `short` opens one for each request, `pooled` keeps POOL and asks over all at once, `resting` keeps it and rests now and then, `halving` writes
 * some requests in two parts, which Nagle's algorithm keeps apart, `leaving` resets its connection before some answers, `documents` asks for large ones.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DOCUMENT_BYTES,
  LEAVE_EVERY,
  NAGLE_EVERY,
  POOL,
  REQUEST_BYTES,
  RESPONSE_BYTES,
  REST_EVERY,
  REST_MS,
} from './protocol.js';
import { failed, reportEverySecond, succeeded } from './reports.js';

const [host = '127.0.0.1', port = '8080', pauseMs = '5', mode = 'keep'] = process.argv.slice(2);
const request = Buffer.alloc(REQUEST_BYTES, 'q');
const answerBytes = mode === 'documents' ? DOCUMENT_BYTES : RESPONSE_BYTES;
const TIMEOUT_MS = 10_000;

function open(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port), noDelay: mode !== 'halving' });
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('timeout')));
    socket.once('error', reject);
    socket.once('connect', () => resolve(socket));
  });
}

function ask(socket: Socket, n: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = 0;
    const onData = (chunk: Buffer): void => {
      received += chunk.length;
      if (received < answerBytes) return;
      socket.off('data', onData);
      resolve();
    };
    socket.on('data', onData);
    socket.once('close', () => reject(new Error('closed')));
    const halves = mode === 'halving' && n % NAGLE_EVERY === 0;
    socket.write(halves ? request.subarray(1) : request);
    if (halves) socket.write(request.subarray(0, 1));
  });
}

async function askForever(): Promise<never> {
  let socket: Socket | undefined;
  for (let n = 1; ; n++) {
    const started = performance.now();
    try {
      socket ??= await open();
      socket.removeAllListeners('close');
      if (mode === 'leaving' && n % LEAVE_EVERY === 0) {
        socket.write(request);
        await sleep(0);
        socket.resetAndDestroy();
        socket = undefined;
        continue;
      }
      await ask(socket, n);
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
}

reportEverySecond();
for (let loop = 0; loop < (mode === 'pooled' ? POOL : 1); loop++) void askForever();
