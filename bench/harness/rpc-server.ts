/** Sends back what it gets: `node rpc-server.js PORT`. Says `listening` when it does. */
import { createServer } from 'node:net';

const [port = '5201'] = process.argv.slice(2);

createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => void socket.write(chunk));
}).listen(Number(port), '0.0.0.0', () => process.stdout.write('listening\n'));
