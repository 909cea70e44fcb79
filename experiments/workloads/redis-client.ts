/** `node redis-client.js HOST PORT PAUSE_MS`: reads and writes a value of redis by turns (RESP2), over one connection. */
import { connect, type Socket } from 'node:net';
import { askForever } from './closed-loop.js';
import { RESPONSE_BYTES } from './protocol.js';
import { reportEverySecond } from './reports.js';

const [host = '127.0.0.1', port = '6379', pauseMs = '5'] = process.argv.slice(2);
const TIMEOUT_MS = 10_000;

const bulk = (text: string): string => `$${text.length}\r\n${text}\r\n`;
const command = (...words: string[]): string => `*${words.length}\r\n${words.map(bulk).join('')}`;

const VALUE = 'v'.repeat(RESPONSE_BYTES);
const STORED = '+OK\r\n';
/** Each with its whole answer. */
const TURNS = [
  [command('SET', 'key', VALUE), STORED],
  [command('GET', 'key'), bulk(VALUE)],
] as const;

let socket: Socket | undefined;

function open(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const fresh = connect({ host, port: Number(port), noDelay: true });
    fresh.setTimeout(TIMEOUT_MS, () => fresh.destroy(new Error('timeout')));
    fresh.once('connect', () => resolve(fresh));
    fresh.once('error', reject);
    fresh.once('close', () => (socket = undefined));
  });
}

function exchange(to: Socket, [request, answer]: (typeof TURNS)[number]): Promise<void> {
  return new Promise((resolve, reject) => {
    let missing = answer.length;
    const onData = (chunk: Buffer): void => {
      missing -= chunk.length;
      if (missing <= 0) settle(resolve);
    };
    const onClose = (): void => settle(() => reject(new Error('closed')));
    const settle = (how: () => void): void => {
      to.off('data', onData).off('close', onClose);
      how();
    };
    to.on('data', onData).on('close', onClose);
    to.write(request);
  });
}

let turn = 0;
reportEverySecond();
await askForever(async () => {
  socket ??= await open();
  await exchange(socket, TURNS[turn++ % 2 === 0 ? 0 : 1]);
}, Number(pauseMs));
