import { Type } from 'typebox';
import { streamNamed } from '../../../primitives/common/schema/columns.js';
import type { StreamName } from '../../../primitives/common/schema/streams.js';
import type { Routes } from '../routes.js';

const NANOSECONDS = '^[0-9]{1,19}$';
const ARROW_STREAM = 'application/vnd.apache.arrow.stream';

export const ingestRoutes: Routes = (app, { ingest }, done) => {
  app.addContentTypeParser(ARROW_STREAM, { parseAs: 'buffer' }, (_, body, parsed) => {
    parsed(null, body);
  });
  app.post(
    '/v1/ingest/:table',
    {
      schema: {
        description: 'Records of one stream as an Arrow IPC stream.',
        consumes: [ARROW_STREAM],
        params: Type.Object({ table: Type.String() }),
        headers: Type.Object({
          'x-netverdict-host': Type.String({ minLength: 1, maxLength: 253 }),
          'x-netverdict-sent-ns': Type.Optional(Type.String({ pattern: NANOSECONDS })),
          'x-netverdict-waited-ns': Type.Optional(Type.String({ pattern: NANOSECONDS })),
        }),
        response: { 200: Type.Object({ rows: Type.Integer() }) },
      },
    },
    async (request) => {
      const receivedNs = BigInt(Date.now()) * 1_000_000n;
      const stream = streamNamed(request.params.table).name as StreamName;
      const { 'x-netverdict-sent-ns': sent, 'x-netverdict-waited-ns': waited } = request.headers;
      const rows = await ingest.accept(stream, bytesOf(request.body), {
        host: request.headers['x-netverdict-host'],
        ...(sent === undefined ? {} : { sentNs: BigInt(sent) }),
        ...(waited === undefined ? {} : { waitedNs: BigInt(waited) }),
        receivedNs,
      });
      return { rows };
    },
  );
  done();
};

/** Without a body nothing is parsed; an empty one is no Arrow stream either. */
const bytesOf = (body: unknown): Uint8Array =>
  body instanceof Uint8Array ? body : new Uint8Array();
