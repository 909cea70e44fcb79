import { Type } from 'typebox';
import { NetverdictError } from '../../../primitives/common/errors/index.js';
import type { VerdictEngine } from '../../incidents/engine.js';
import { Incident, STATES } from '../../incidents/incident.js';
import { renderHtml, renderMarkdown } from '../../report/index.js';
import { bundleOf } from '../bundle.js';
import { jsonText } from '../../store/json.js';
import type { Routes } from '../routes.js';

const ById = Type.Object({ id: Type.String() });

const REPORT = {
  md: { type: 'text/markdown; charset=utf-8', render: renderMarkdown },
  html: { type: 'text/html; charset=utf-8', render: renderHtml },
  json: { type: 'application/json; charset=utf-8', render: jsonText },
} as const;
const FORMATS = ['md', 'json', 'html'] as const;

export const incidentRoutes: Routes = (app, { engine, store }, done) => {
  app.get(
    '/v1/incidents',
    {
      schema: {
        description: 'Incidents, newest first.',
        querystring: Type.Object({
          limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
          cursor: Type.Optional(Type.String({ description: '`next` of the page before' })),
          state: Type.Optional(Type.Enum(STATES)),
        }),
        response: {
          200: Type.Object({
            incidents: Type.Array(Incident),
            next: Type.Union([Type.String(), Type.Null()]),
          }),
        },
      },
    },
    ({ query }) => page(engine, query),
  );

  app.get(
    '/v1/incidents/:id',
    { schema: { description: 'One incident.', params: ById, response: { 200: Incident } } },
    ({ params }) => incidentOf(engine, params.id),
  );

  app.get(
    '/v1/incidents/:id/report',
    {
      schema: {
        description: 'The report of an incident, for people.',
        params: ById,
        querystring: Type.Object({ format: Type.Enum(FORMATS, { default: 'md' }) }),
      },
    },
    ({ params, query }, reply) => {
      const { type, render } = REPORT[query.format];
      return reply.type(type).send(render(incidentOf(engine, params.id)));
    },
  );

  app.get(
    '/v1/incidents/:id/bundle',
    { schema: { description: 'An incident with the records of its flows.', params: ById } },
    ({ params }) => bundleOf(store, incidentOf(engine, params.id)),
  );
  done();
};

interface Page {
  readonly limit: number;
  readonly cursor?: string;
  readonly state?: Incident['state'];
}

function page(
  engine: VerdictEngine,
  { limit, cursor, state }: Page,
): { incidents: Incident[]; next: string | null } {
  const all = engine.list();
  const start = cursor === undefined ? 0 : all.findIndex(({ id }) => id === cursor) + 1;
  if (cursor !== undefined && start === 0) {
    throw new NetverdictError('NV_USAGE', `"${cursor}" is no cursor of this list`);
  }
  const left = all
    .slice(start)
    .filter((incident) => state === undefined || incident.state === state);
  const incidents = left.slice(0, limit);
  return { incidents, next: left.length > limit ? (incidents.at(-1)?.id ?? null) : null };
}

function incidentOf(engine: VerdictEngine, id: string): Incident {
  const incident = engine.get(id);
  if (incident === undefined) throw new NetverdictError('NV_NOT_FOUND', `no incident "${id}"`);
  return incident;
}
