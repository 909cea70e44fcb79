import { existsSync } from 'node:fs';
import { join } from 'node:path';
import staticFiles from '@fastify/static';
import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  LogController,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault,
} from 'fastify';
import type { VerdictEngine } from '../incidents/engine.js';
import { Ingest } from '../ingest/ingest.js';
import type { NetworkRecords } from '../network-records/collector.js';
import type { Store } from '../store/database.js';
import type { ControlHub } from './control.js';
import { answerErrors } from './errors.js';
import { jsonText } from '../store/json.js';
import { controlRoutes } from './routes/control.js';
import { exportRoutes } from './routes/export.js';
import { flowRoutes } from './routes/flows.js';
import { healthRoutes } from './routes/health.js';
import { incidentRoutes } from './routes/incidents.js';
import { ingestRoutes } from './routes/ingest.js';
import { queryRoutes } from './routes/query.js';
import { traceRoutes } from './routes/trace.js';
import type { Routes } from './routes.js';
import { requireToken } from './token.js';

const BODY_LIMIT = 64 * 1024 * 1024;

export interface AppOptions {
  readonly store: Store;
  readonly engine: VerdictEngine;
  readonly control: ControlHub;
  /** What switches and routers export, where the analyzer listens to them. */
  readonly networkRecords?: NetworkRecords;
  readonly token?: string;
  /** Folder of the built page. */
  readonly webRoot?: string;
  readonly logger?: FastifyBaseLogger;
}

export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** The analyzer's HTTP face, not yet listening. */
export async function buildApp(options: AppOptions): Promise<App> {
  const { store, engine, control, networkRecords, token, webRoot, logger } = options;
  const app: App = Fastify({
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: true,
    logController: new LogController({ disableRequestLogging: true }),
    ...(logger === undefined ? {} : { loggerInstance: logger }),
  }).withTypeProvider<TypeBoxTypeProvider>();
  // Response schemas document; they do not rewrite what is sent.
  app.setSerializerCompiler(() => jsonText);
  app.setReplySerializer(jsonText);
  answerErrors(app);
  if (token !== undefined) requireToken(app, token);
  control.onChange((host, connected) => {
    engine.hostChanged(host, connected);
  });
  app.addHook('preClose', () => {
    control.close();
  });
  await app.register(swagger, { openapi: { info: { title: 'netverdict', version: '1' } } });
  const services = {
    ...{ store, engine, control, ingest: new Ingest(store, engine) },
    ...(networkRecords && { networkRecords }),
  };
  for (const routes of ROUTES) await app.register(routes, services);
  app.get('/v1/openapi.json', { schema: { hide: true } }, () => app.swagger());
  if (webRoot !== undefined && existsSync(join(webRoot, 'index.html'))) {
    await app.register(staticFiles, { root: webRoot });
  }
  return app;
}

const ROUTES: readonly Routes[] = [
  healthRoutes,
  incidentRoutes,
  flowRoutes,
  traceRoutes,
  exportRoutes,
  queryRoutes,
  ingestRoutes,
  controlRoutes,
];
