import { rm, writeFile } from 'node:fs/promises';
import type { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import { jsonText } from './json.js';
import { resultToArrow } from './result-arrow.js';
import { resultRows } from './rows.js';

export const FILE_FORMATS = ['json', 'csv', 'arrow', 'parquet'] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

interface Query {
  readonly connection: DuckDBConnection;
  /** One statement that reads. */
  readonly statement: DuckDBPreparedStatement;
  /** The same as text. */
  readonly sql: string;
}

/** Of what is held in memory as a whole; DuckDB writes the other formats row by row. */
const MOST_ROWS = 200_000;

/** All rows of a query in a file, which is not there if it fails; integers beyond 2^53 are text in JSON. */
export async function writeRows(query: Query, format: FileFormat, path: string): Promise<void> {
  try {
    if (format === 'csv' || format === 'parquet') await copy(query, format, path);
    else await writeFile(path, await wholeOf(query, format));
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

async function copy({ connection, sql }: Query, format: string, path: string): Promise<void> {
  // On a line of its own: the last one may be a comment.
  const query = `(\n${sql.replace(/;\s*$/, '')}\n)`;
  await connection.run(`COPY ${query} TO '${path.replaceAll("'", "''")}' (FORMAT ${format})`);
}

async function wholeOf(
  { statement }: Query,
  format: 'json' | 'arrow',
): Promise<Uint8Array | string> {
  const reader = await statement.streamAndReadUntil(MOST_ROWS + 1);
  if (reader.currentRowCount > MOST_ROWS)
    throw new NetverdictError(
      'NV_BAD_QUERY',
      `more than ${MOST_ROWS} rows: ask for csv or parquet, or for fewer`,
    );
  return format === 'arrow' ? resultToArrow(reader) : `${jsonText(resultRows(reader))}\n`;
}
