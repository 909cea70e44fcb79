/**
 * Reads streams and does nothing with them: `node sink.js PORT SLEEP_MS`. SIGUSR2 makes it pause SLEEP_MS after each
 * read (64 KiB at most), as a reader with a slow disk does, or stop that.
 */
import { createServer } from 'node:net';

const [port = '8090', sleepMs = '200'] = process.argv.slice(2);

let slow = false;
process.on('SIGUSR2', () => (slow = !slow));

createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.on('data', () => {
    if (!slow) return;
    socket.pause();
    setTimeout(() => socket.resume(), Number(sleepMs));
  });
}).listen(Number(port), '0.0.0.0');
