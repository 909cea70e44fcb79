/**
 * Reads what clients send: `node server.js PORT MODE`. MODE `rpc` answers each request, `dribble` every
 * second, any other none.
 */
import { createServer } from 'node:net';
import { ANSWER_BYTES, REQUEST_BYTES } from './protocol.js';

const [port, mode] = process.argv.slice(2);
const answer = Buffer.alloc(ANSWER_BYTES, 'a');

createServer({ noDelay: true }, (socket) => {
  let received = 0;
  let reads = 0;
  socket.on('error', () => socket.destroy());
  socket.on('data', (data) => {
    // Who has answered delays the next ACK by 40 ms and, if that timer fires, no more until it has answered again
    // (pingpong mode, inet_connection_sock.h).
    if (mode === 'dribble' && reads++ % 2 === 0) socket.write('.');
    if (mode !== 'rpc') return;
    received += data.length;
    for (; received >= REQUEST_BYTES; received -= REQUEST_BYTES) socket.write(answer);
  });
}).listen(Number(port), '0.0.0.0', 1024, () => console.log('listening'));
