/** What was exported, asked in SQL as an analyzer is. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import { nanoseconds } from '../incidents/wire.js';
import type { FileFormat } from '../store/query-file.js';
import type { QueryResult } from '../store/read-only.js';
import { Records } from './records.js';
import { sourcesAt } from './source.js';

export const queryExport = (path: string, sql: string, rowLimit: number): Promise<QueryResult> =>
  opened(path, (records) => records.queryReadOnly(sql, rowLimit));

export const queryExportAs = (path: string, sql: string, format: FileFormat): Promise<Buffer> =>
  opened(path, async (records) => {
    const folder = await mkdtemp(join(tmpdir(), 'netverdict-query-'));
    try {
      const file = join(folder, `rows.${format}`);
      await records.queryToFile(sql, format, file);
      return await readFile(file);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

/** @param path an export, or one bundle. Its hosts' clocks are those of the newest verdict. */
async function opened<T>(path: string, use: (records: Records) => Promise<T>): Promise<T> {
  const sources = sourcesAt(path);
  const [source] = sources;
  if (source === undefined || sources.length > 1)
    throw new NetverdictError('NV_USAGE', `"${path}" holds ${sources.length} bundles: name one`);
  const records = await Records.open();
  try {
    await source.load(records);
    await records.addIncidents(source.incidents);
    const clocks = source.incidents.find(({ basis }) => basis)?.basis?.clocks ?? {};
    await records.setClocks(
      new Map(Object.entries(clocks).map(([host, zero]) => [host, nanoseconds(zero)])),
    );
    return await use(records);
  } finally {
    records.close();
  }
}
