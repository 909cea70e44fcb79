import { Type } from 'typebox';
import { NetverdictError } from '../../../primitives/common/errors/index.js';
import { fieldsOf, streamNamed } from '../../../primitives/common/schema/columns.js';
import type { StreamName } from '../../../primitives/common/schema/streams.js';
import { EXPORT_FORMATS } from '../../store/export.js';
import type { Partition } from '../../store/partition.js';
import { sendFile } from '../file.js';
import type { Routes } from '../routes.js';

const Table = Type.Object({ table: Type.String() });

export const exportRoutes: Routes = (app, { store }, done) => {
  app.get(
    '/v1/export/:table',
    {
      schema: {
        description:
          'All records of one stream that are kept, or with a date those of one partition, whose host Parquet leaves to the path.',
        params: Table,
        querystring: Type.Object({
          format: Type.Enum(EXPORT_FORMATS, { default: 'arrow' }),
          date: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' })),
          host: Type.Optional(Type.String({ minLength: 1, maxLength: 253 })),
        }),
      },
    },
    async ({ params, query: { format, date, host } }, reply) => {
      const table = streamNamed(params.table).name as StreamName;
      const partition = partitionNamed(table, date, host);
      const path = partition
        ? await store.exportPartition(table, format, partition)
        : await store.exportTable(table, format);
      return sendFile(reply, path, format, table);
    },
  );
  app.get(
    '/v1/export/:table/partitions',
    {
      schema: {
        description: 'Days and hosts of which there are records of one stream.',
        params: Table,
        response: {
          200: Type.Object({
            partitions: Type.Array(
              Type.Object({
                date: Type.String(),
                host: Type.Union([Type.String(), Type.Null()]),
              }),
            ),
          }),
        },
      },
    },
    async ({ params }) => ({
      partitions: await store.partitions(streamNamed(params.table).name as StreamName),
    }),
  );
  done();
};

function partitionNamed(table: StreamName, date?: string, host?: string): Partition | undefined {
  if (date === undefined && host === undefined) return undefined;
  const ofHosts = 'host' in fieldsOf(table);
  if (date === undefined || ofHosts !== (host !== undefined) || Number.isNaN(Date.parse(date)))
    throw new NetverdictError(
      'NV_USAGE',
      `a partition of ${table} has a date${ofHosts ? ' and a host' : ' and no host'}`,
    );
  return { date, host: host ?? null };
}
