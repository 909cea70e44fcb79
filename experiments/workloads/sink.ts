/**
 * Reads streams and does nothing with them: `node sink.js PORT`. SIGUSR2 makes it pause SLOW_READ_MS after each read,
 * as a reader with a slow disk does, or stop that.
 */
import { createServer } from 'node:net';
import { SLOW_READ_MS } from './protocol.js';

const [port = '8090'] = process.argv.slice(2);

let slow = false;
process.on('SIGUSR2', () => (slow = !slow));

createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.on('data', () => {
    if (!slow) return;
    socket.pause();
    setTimeout(() => socket.resume(), SLOW_READ_MS);
  });
}).listen(Number(port), '0.0.0.0');
