/** `node echo.js PORT`: what comes goes back. Prints a line when it listens. */
import { createServer } from 'node:net';

createServer((socket) => socket.on('error', () => undefined).pipe(socket)).listen(
  Number(process.argv[2]),
  () => process.stdout.write('ready\n'),
);
