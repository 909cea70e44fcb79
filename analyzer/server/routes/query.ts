import { Type } from 'typebox';
import { FILE_FORMATS } from '../../store/query-file.js';
import { sendFile } from '../file.js';
import type { Routes } from '../routes.js';

const MOST_ROWS = 100_000;
const Sql = Type.String({ minLength: 1, maxLength: 100_000 });

export const queryRoutes: Routes = (app, { store }, done) => {
  app.post(
    '/v1/query',
    {
      schema: {
        description: 'One SQL statement that reads. Integers beyond 2^53 come as text.',
        body: Type.Object({
          sql: Sql,
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
  app.post(
    '/v1/query/:format',
    {
      schema: {
        description: 'All rows of one SQL statement that reads, as a file.',
        params: Type.Object({ format: Type.Enum(FILE_FORMATS) }),
        body: Type.Object({ sql: Sql }),
      },
    },
    async ({ body, params: { format } }, reply) =>
      sendFile(reply, await store.queryToFile(body.sql, format), format, 'rows'),
  );
  done();
};
