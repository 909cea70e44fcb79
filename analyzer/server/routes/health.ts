import { agentCosts } from '../agent-costs.js';
import { metricsText } from '../metrics.js';
import type { Routes } from '../routes.js';

/** Unversioned and without token: for the process that keeps the analyzer running. */
export const healthRoutes: Routes = (app, services, done) => {
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', async () => {
    await services.store.query('SELECT 1');
    return { status: 'ready' };
  });
  app.get('/metrics', async (_, reply) => {
    const text = metricsText(services, await agentCosts(services.store));
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(text);
  });
  done();
};
