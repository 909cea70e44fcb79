import { writeFile } from 'node:fs/promises';
import type { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api';
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

/** All rows of a query in a file; integers beyond 2^53 are text in JSON. */
export async function writeRows(
  { connection, statement, sql }: Query,
  format: FileFormat,
  path: string,
): Promise<void> {
  if (format === 'csv' || format === 'parquet') {
    // On a line of its own: the last one may be a comment.
    const query = `(\n${sql.replace(/;\s*$/, '')}\n)`;
    await connection.run(`COPY ${query} TO '${path.replaceAll("'", "''")}' (FORMAT ${format})`);
    return;
  }
  const reader = await statement.runAndReadAll();
  await writeFile(
    path,
    format === 'arrow' ? resultToArrow(reader) : `${jsonText(resultRows(reader))}\n`,
  );
}
