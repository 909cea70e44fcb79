/**
 * Resolver: `node resolver.js SERVER EVERY_MS`. A new name each time, whatever became of those before; one in LARGE_EVERY
 * is cut over UDP and asked for again over TCP.
 */
import { Resolver } from 'node:dns/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { LARGE, LARGE_EVERY } from './protocol.js';
import { failed, reportEverySecond, succeeded } from './reports.js';

const [server = '127.0.0.1', everyMs = '50'] = process.argv.slice(2);
const resolver = new Resolver({ timeout: 1000, tries: 3 });
resolver.setServers([server]);

async function ask(name: string): Promise<void> {
  const started = performance.now();
  await resolver.resolve4(name);
  succeeded(performance.now() - started);
}

reportEverySecond();
for (let n = 1; ; n++) {
  ask(`${n % LARGE_EVERY === 0 ? LARGE : 'small'}-${n}.test`).catch(failed);
  await sleep(Number(everyMs));
}
