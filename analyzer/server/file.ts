import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { FastifyReply } from 'fastify';
import type { FileFormat } from '../store/query-file.js';

const CONTENT_TYPE: Readonly<Record<FileFormat, string>> = {
  arrow: 'application/vnd.apache.arrow.stream',
  csv: 'text/csv; charset=utf-8',
  json: 'application/json',
  parquet: 'application/vnd.apache.parquet',
};

/** Answers with the file at `path`, which is gone when it was sent. */
export function sendFile<R extends FastifyReply>(
  reply: R,
  path: string,
  format: FileFormat,
  name: string,
): R {
  const file = createReadStream(path);
  // An open file outlives its name.
  file.on('open', () => void rm(path, { force: true }));
  return reply
    .type(CONTENT_TYPE[format])
    .header('content-disposition', `attachment; filename="${name}.${format}"`)
    .send(file) as R;
}
