/**
 * Name server for every name, over UDP and TCP: `node name-server.js LATE_MS`. A name that begins with LARGE is cut over UDP, so
 * that resolvers ask for it again over TCP. SIGUSR2 makes it take LATE_MS over each query, as one with a slow
 * upstream does, or stop that.
 */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { LARGE } from './protocol.js';

const PORT = 53;
const [lateMs = '300'] = process.argv.slice(2);
const HEADER_BYTES = 12;
/** A pointer to the name asked for, A, IN, 60 s, 192.0.2.1. */
const RECORD = Buffer.from('c00c000100010000003c0004c0000201', 'hex');

let late = false;
process.on('SIGUSR2', () => (late = !late));

function answerTo(query: Buffer, cut: boolean): Buffer {
  const question = query.subarray(HEADER_BYTES, query.indexOf(0, HEADER_BYTES) + 5);
  const header = Buffer.from(query.subarray(0, HEADER_BYTES));
  header.writeUInt16BE(cut ? 0x8780 : 0x8580, 2);
  header.writeUInt16BE(cut ? 0 : 1, 6);
  header.writeUInt32BE(0, 8);
  return Buffer.concat([header, question, ...(cut ? [] : [RECORD])]);
}

const isLarge = (query: Buffer): boolean =>
  query
    .subarray(HEADER_BYTES + 1)
    .toString('latin1')
    .toLowerCase()
    .startsWith(LARGE);

const later = (answer: () => void): void =>
  void (late ? setTimeout(answer, Number(lateMs)) : answer());

const udp = createSocket('udp4');
udp.on('message', (query, { address, port }) =>
  later(() => udp.send(answerTo(query, isLarge(query)), port, address)),
);
udp.bind(PORT);

createServer((socket) => {
  let received = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
    for (let end = messageEnd(received); end <= received.length; end = messageEnd(received)) {
      const answer = answerTo(received.subarray(2, end), false);
      received = received.subarray(end);
      later(() => socket.write(Buffer.concat([Buffer.of(0, answer.length), answer])));
    }
  });
}).listen(PORT);

/** The length comes first (RFC 1035, 4.2.2). */
const messageEnd = (bytes: Buffer): number =>
  bytes.length < 2 ? Infinity : 2 + bytes.readUInt16BE(0);
