/**
 * Many connections that each ask now and then: `node connections-client.js HOST PORT CONNECTIONS EVERY_MS`. Says `ready`
 * when all are connected, and ends when one is lost.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const TICK_MS = 10;
/** At once: the listener's backlog is finite. */
const CONNECTING = 128;
const MESSAGE = Buffer.alloc(64, 'm');

const [host = '127.0.0.1', port = '7000', connections = '1', everyMs = '1000'] =
  process.argv.slice(2);
const wanted = Number(connections);
const sockets: Socket[] = [];

async function connectMore(): Promise<void> {
  while (sockets.length < wanted) {
    const socket = connect({ host, port: Number(port), noDelay: true });
    sockets.push(socket);
    await once(socket, 'connect');
    socket.resume().on('close', () => process.exit(1));
  }
}

let asked = 0;

/** The connections take turns, evenly. */
function ask(due: number): void {
  for (; asked < due; asked++) sockets[asked % wanted]?.write(MESSAGE);
}

await Promise.all(Array.from({ length: CONNECTING }, connectMore));
process.stdout.write('ready\n');
const begunMs = performance.now();
setInterval(() => ask(((performance.now() - begunMs) * wanted) / Number(everyMs)), TICK_MS);
