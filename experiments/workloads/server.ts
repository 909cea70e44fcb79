/**
 * Request/response server: `node server.js PORT BACKLOG`. Each request of REQUEST_BYTES costs some CPU and gets
 * RESPONSE_BYTES back. SIGUSR2 makes it think THINK_MS over each, as a server with a slow backend does, or stop that.
 */
import { createServer } from 'node:net';
import { CPU_MS, REQUEST_BYTES, RESPONSE_BYTES, THINK_MS } from './protocol.js';

const [port = '8080', backlog = '512'] = process.argv.slice(2);
const response = Buffer.alloc(RESPONSE_BYTES, 'x');

let thinks = false;
process.on('SIGUSR2', () => (thinks = !thinks));

createServer({ noDelay: true }, (socket) => {
  let received = 0;
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    received += chunk.length;
    while (received >= REQUEST_BYTES) {
      received -= REQUEST_BYTES;
      burn(CPU_MS);
      if (thinks) setTimeout(() => socket.write(response), THINK_MS);
      else socket.write(response);
    }
  });
}).listen(Number(port), '0.0.0.0', Number(backlog));

function burn(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
