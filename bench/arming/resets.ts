/**
 * `node resets.js HOST PORT`: at each SIGUSR2 a connection is made, answered, and reset by this end, which is an alert
 * at once. Prints a line when it is ready.
 */
import { connect } from 'node:net';

const [host = '', port] = process.argv.slice(2);
process.on('SIGUSR2', () => {
  const socket = connect({ host, port: Number(port) });
  socket.on('error', () => undefined);
  socket.once('connect', () => socket.write('x'));
  socket.once('data', () => socket.resetAndDestroy());
});
setInterval(() => undefined, 60_000);
process.stdout.write('ready\n');
