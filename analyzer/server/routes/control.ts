import type { ServerResponse } from 'node:http';
import { Type } from 'typebox';
import { jsonText } from '../../store/json.js';
import type { Routes } from '../routes.js';

const HEARTBEAT_MS = 15_000;

/** The streams that stay open: commands to agents, and changes of incidents to pages. */
export const controlRoutes: Routes = (app, { control, engine }, done) => {
  const pages = new Set<ServerResponse>();
  const heartbeat = setInterval(() => {
    for (const page of pages) page.write(': still here\n\n');
  }, HEARTBEAT_MS);
  const forget = engine.onChange((incident) => {
    for (const page of pages) page.write(`event: incident\ndata: ${jsonText(incident)}\n\n`);
  });
  app.addHook('preClose', () => {
    clearInterval(heartbeat);
    forget();
    for (const page of pages) page.end();
  });

  app.get(
    '/v1/control/:host',
    {
      schema: {
        description: 'Commands to the agent of a host, one JSON object a line. Never ends.',
        params: Type.Object({ host: Type.String({ minLength: 1, maxLength: 253 }) }),
      },
    },
    (request, reply) => {
      reply.hijack();
      control.connect(request.params.host, reply.raw);
    },
  );

  app.get(
    '/v1/events',
    { schema: { description: 'Server-sent events: `incident`, at each change of one.' } },
    (_, reply) => {
      reply.hijack();
      const page = reply.raw;
      page.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      page.write(': open\n\n');
      pages.add(page);
      page.on('close', () => pages.delete(page));
      page.on('error', () => page.destroy());
    },
  );
  done();
};
