/** Where bursts end: `node drain.js PORT`. Its buffer is so small that the kernel drops nearly all of them cheaply. */
import { createSocket } from 'node:dgram';

const [port = '9000'] = process.argv.slice(2);
createSocket({ type: 'udp4', recvBufferSize: 1 }).bind(Number(port));
