/**
 * Request/response server: `node server.js PORT BACKLOG MODE THINK_MS`. Each request of REQUEST_BYTES costs some CPU and
 * gets RESPONSE_BYTES back. SIGUSR2 makes it think THINK_MS over each, as a server with a slow backend does, or stop that;
 * with MODE `creeping` it gets there bit by bit, as one whose memory fills. With MODE `polling` each answer awaits an
 * event, after a random time of EVENT_MS in the mean, with MODE `documents` it is DOCUMENT_BYTES long.
 */
import { createServer, type Socket } from 'node:net';
import {
  CPU_MS,
  CREEP_MS,
  DOCUMENT_BYTES,
  EVENT_MS,
  PIECE_BYTES,
  REQUEST_BYTES,
  RESPONSE_BYTES,
  THINK_MS,
} from './protocol.js';

const [port = '8080', backlog = '512', mode = 'sudden', most = String(THINK_MS)] =
  process.argv.slice(2);
const response = Buffer.alloc(RESPONSE_BYTES, 'x');
const piece = Buffer.alloc(PIECE_BYTES, 'x');

let thinksSince: number | undefined;
process.on('SIGUSR2', () => {
  thinksSince = thinksSince === undefined ? performance.now() : undefined;
});

function thinkMs(): number {
  if (mode === 'polling') return -Math.log(1 - Math.random()) * EVENT_MS;
  if (thinksSince === undefined) return 0;
  const part = mode === 'creeping' ? (performance.now() - thinksSince) / CREEP_MS : 1;
  return Math.floor(Math.min(1, part) * Number(most));
}

createServer({ noDelay: true }, (socket) => {
  let received = 0;
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    received += chunk.length;
    while (received >= REQUEST_BYTES) {
      received -= REQUEST_BYTES;
      burn(CPU_MS);
      const ms = thinkMs();
      if (ms > 0) setTimeout(() => answer(socket), ms);
      else answer(socket);
    }
  });
}).listen(Number(port), '0.0.0.0', Number(backlog));

function answer(socket: Socket): void {
  if (mode === 'documents') writePieces(socket, DOCUMENT_BYTES / PIECE_BYTES);
  else socket.write(response);
}

function writePieces(socket: Socket, count: number): void {
  if (count > 0) socket.write(piece, () => writePieces(socket, count - 1));
}

function burn(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
