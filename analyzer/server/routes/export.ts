import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Type } from 'typebox';
import { streamNamed } from '../../../primitives/common/schema/columns.js';
import type { StreamName } from '../../../primitives/common/schema/streams.js';
import { EXPORT_FORMATS } from '../../store/export.js';
import type { Routes } from '../routes.js';

const CONTENT_TYPE = {
  arrow: 'application/vnd.apache.arrow.stream',
  parquet: 'application/vnd.apache.parquet',
} as const;

export const exportRoutes: Routes = (app, { store }, done) => {
  app.get(
    '/v1/export/:table',
    {
      schema: {
        description: 'All records of one stream that are kept.',
        params: Type.Object({ table: Type.String() }),
        querystring: Type.Object({ format: Type.Enum(EXPORT_FORMATS, { default: 'arrow' }) }),
      },
    },
    async (request, reply) => {
      const table = streamNamed(request.params.table).name as StreamName;
      const { format } = request.query;
      const path = await store.exportTable(table, format);
      const file = createReadStream(path);
      // An open file outlives its name.
      file.on('open', () => void rm(path, { force: true }));
      return reply
        .type(CONTENT_TYPE[format])
        .header('content-disposition', `attachment; filename="${table}.${format}"`)
        .send(file);
    },
  );
  done();
};
