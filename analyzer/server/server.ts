import type { FastifyBaseLogger } from 'fastify';
import pino from 'pino';
import { artifact } from '../../primitives/common/artifacts.js';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import { createEngine } from '../incidents/index.js';
import { listenToNetwork, type NetworkListener } from '../network-records/listener.js';
import { Store } from '../store/database.js';
import { startRetention } from '../store/retention.js';
import { type App, buildApp } from './app.js';
import { ControlHub } from './control.js';
import { clearStaleSocket, type Endpoint, inUse, isLocal, parseListen } from './listen.js';

const RETENTION_SECONDS = 15 * 60;

export interface AnalyzerOptions {
  /** `HOST:PORT` or `unix:PATH`. */
  readonly listen: string;
  /** Folder of the records and incidents, made if absent. */
  readonly data: string;
  readonly token?: string;
  readonly retentionSeconds?: number;
  /** `HOST:PORT` for NetFlow v5, v9 and IPFIX over UDP; off without. */
  readonly netflow?: string;
  /** `HOST:PORT` for sFlow v5 over UDP; off without. */
  readonly sflow?: string;
  readonly log?: FastifyBaseLogger;
}

export interface RunningAnalyzer {
  /** `http://HOST:PORT` or `unix:PATH`, as an agent takes it. */
  readonly address: string;
  readonly stop: () => Promise<void>;
}

export async function startAnalyzer(options: AnalyzerOptions): Promise<RunningAnalyzer> {
  const { listen, data, token, retentionSeconds = RETENTION_SECONDS } = options;
  const endpoint = parseListen(listen);
  if (token === undefined && !isLocal(endpoint)) {
    throw new NetverdictError('NV_USAGE', `${listen} is open to other machines: give --token-file`);
  }
  if ('path' in endpoint) await clearStaleSocket(endpoint.path);
  const log =
    options.log ??
    pino({ name: 'analyzer', level: process.env['NETVERDICT_LOG'] ?? 'info' }, pino.destination(2));
  const store = await Store.open(data, (error) => log.error({ err: error }, 'records not stored'));
  const control = new ControlHub();
  const engine = createEngine({ store, control, log });
  const stopRetention = startRetention(store, retentionSeconds, (error) => {
    log.error({ err: error }, 'old records not removed');
  });
  let app: App | undefined;
  let network: NetworkListener | undefined;
  const stop = async (): Promise<void> => {
    await engine.stop();
    await app?.close();
    control.close();
    network?.stop();
    await stopRetention();
    await store.close();
  };
  try {
    network = await listenToNetwork(options, store);
    app = await buildApp({
      store,
      networkRecords: network.records,
      engine,
      control,
      webRoot: artifact('dist/analyzer/web'),
      logger: log,
      ...(token === undefined ? {} : { token }),
    });
    engine.start();
    const address = await listenAt(app, endpoint, listen);
    log.info({ address }, 'analyzer ready');
    return { address, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function listenAt(app: App, endpoint: Endpoint, listen: string): Promise<string> {
  try {
    const address = await app.listen(endpoint);
    return 'path' in endpoint ? `unix:${endpoint.path}` : address;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw inUse(listen, cause);
    throw new NetverdictError('NV_USAGE', `cannot listen at ${listen}: ${message}`, { cause });
  }
}
