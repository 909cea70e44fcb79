/**
 * `node datagram-client.js HOST PORT PAUSE_MS`: a request in a datagram, answered by one of the same number. What was
 * not answered within a second has failed.
 */
import { createSocket } from 'node:dgram';
import { askForever } from './closed-loop.js';
import { REQUEST_BYTES } from './protocol.js';
import { reportEverySecond } from './reports.js';

const [host = '127.0.0.1', port = '8080', pauseMs = '5'] = process.argv.slice(2);
const TIMEOUT_MS = 1000;

const socket = createSocket('udp4');
const waiting = new Map<number, () => void>();
const request = Buffer.alloc(REQUEST_BYTES, 'q');
let number = 0;

function ask(): Promise<void> {
  const mine = ++number;
  request.writeUInt32BE(mine);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      waiting.delete(mine);
      reject(new Error('no answer'));
    }, TIMEOUT_MS);
    waiting.set(mine, () => {
      clearTimeout(timer);
      resolve();
    });
    socket.send(request);
  });
}

socket.on('error', () => undefined);
socket.on('message', (answer) => {
  const answered = answer.readUInt32BE();
  waiting.get(answered)?.();
  waiting.delete(answered);
});
socket.connect(Number(port), host, () => {
  reportEverySecond();
  void askForever(ask, Number(pauseMs));
});
