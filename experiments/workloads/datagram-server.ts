/**
 * `node datagram-server.js PORT THINK_MS`: answers each datagram by one of RESPONSE_BYTES that begins with the same
 * number. SIGUSR2 makes it think THINK_MS over each, or stop that.
 */
import { createSocket } from 'node:dgram';
import { CPU_MS, RESPONSE_BYTES, THINK_MS } from './protocol.js';

const [port = '8080', thinkMs = String(THINK_MS)] = process.argv.slice(2);
const socket = createSocket('udp4');

let thinks = false;
process.on('SIGUSR2', () => (thinks = !thinks));

socket.on('error', () => undefined);
socket.on('message', (request, from) => {
  const answer = Buffer.alloc(RESPONSE_BYTES, 'x');
  request.copy(answer, 0, 0, 4);
  const until = performance.now() + CPU_MS;
  while (performance.now() < until);
  setTimeout(() => socket.send(answer, from.port, from.address), thinks ? Number(thinkMs) : 0);
});
socket.bind(Number(port));
