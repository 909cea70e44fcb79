import { Type } from 'typebox';
import type { Routes } from '../routes.js';

const MOST_ROWS = 100_000;

export const queryRoutes: Routes = (app, { store }, done) => {
  app.post(
    '/v1/query',
    {
      schema: {
        description: 'One SQL statement that reads. Integers beyond 2^53 come as text.',
        body: Type.Object({
          sql: Type.String({ minLength: 1, maxLength: 100_000 }),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_ROWS })),
        }),
        response: {
          200: Type.Object({
            rows: Type.Array(Type.Record(Type.String(), Type.Unknown())),
            truncated: Type.Boolean(),
          }),
        },
      },
    },
    ({ body }) => store.queryReadOnly(body.sql, body.limit ?? 10_000),
  );
  done();
};
