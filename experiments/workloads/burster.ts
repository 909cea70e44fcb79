/**
 * Sends datagrams in bursts: `node burster.js HOST PORT BYTES`. So many bytes at once, whenever the wall clock is a
 * multiple of BURST_EVERY_MS: several of them, on however many hosts, send at the same ticks. SIGUSR2 starts and stops
 * it.
 */
import { createSocket } from 'node:dgram';
import { BURST_EVERY_MS } from './protocol.js';

const [host = '127.0.0.1', port = '9000', bytes = '100000'] = process.argv.slice(2);
const datagram = Buffer.alloc(1200, 'b');
const socket = createSocket('udp4');

let sends = false;
process.on('SIGUSR2', () => (sends = !sends));

function burst(): void {
  for (let sent = 0; sends && sent < Number(bytes); sent += datagram.length)
    socket.send(datagram, Number(port), host);
  setTimeout(burst, BURST_EVERY_MS - (Date.now() % BURST_EVERY_MS));
}

burst();
