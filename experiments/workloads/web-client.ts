/** `node web-client.js HOST PORT PAUSE_MS`: gets a page over HTTP/1.1, as often as the connection is kept. */
import { Agent, get } from 'node:http';
import { askForever } from './closed-loop.js';
import { reportEverySecond } from './reports.js';

const [host = '127.0.0.1', port = '80', pauseMs = '5'] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, timeout: 10_000 });

const ask = (): Promise<void> =>
  new Promise((resolve, reject) => {
    get({ agent, host, port }, (answer) => {
      answer.resume().once('end', resolve).once('error', reject);
    })
      .once('timeout', reject)
      .once('error', reject);
  });

reportEverySecond();
await askForever(ask, Number(pauseMs));
