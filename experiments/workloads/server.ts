/**
 * Request/response server: `node server.js PORT [THINK_MS]`. Each request of REQUEST_BYTES costs some CPU and gets
 * RESPONSE_BYTES back. It may also sleep THINK_MS, as a server with a slow backend does.
 */
import { createServer } from 'node:net';
import { CPU_MS, REQUEST_BYTES, RESPONSE_BYTES } from './protocol.js';

const [port = '8080', thinkMs = '0'] = process.argv.slice(2);
const response = Buffer.alloc(RESPONSE_BYTES, 'x');

createServer({ noDelay: true }, (socket) => {
  let received = 0;
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    received += chunk.length;
    while (received >= REQUEST_BYTES) {
      received -= REQUEST_BYTES;
      burn(CPU_MS);
      if (Number(thinkMs) > 0) setTimeout(() => socket.write(response), Number(thinkMs));
      else socket.write(response);
    }
  });
}).listen(Number(port), '0.0.0.0', 512);

function burn(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
