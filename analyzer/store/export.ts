import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { toArrow } from '../../primitives/common/schema/arrow-encode.js';
import {
  columnFromValues,
  type ColumnBatch,
  fieldsOf,
  type Value,
} from '../../primitives/common/schema/columns.js';
import type { FieldType } from '../../primitives/common/schema/fields.js';
import type { StreamName } from '../../primitives/common/schema/streams.js';

export const EXPORT_FORMATS = ['arrow', 'parquet'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Parquet has the columns of the table; Arrow is what `POST /v1/ingest/:table` takes, so without `received_ns`. */
export async function exportTable(
  connection: DuckDBConnection,
  folder: string,
  table: StreamName,
  format: ExportFormat,
): Promise<string> {
  const path = join(folder, `${table}-${randomUUID()}.${format}`);
  const rows = `SELECT * FROM ${table} ORDER BY received_ns`;
  if (format === 'parquet') {
    const quoted = path.replaceAll("'", "''");
    await connection.run(`COPY (${rows}) TO '${quoted}' (FORMAT parquet)`);
  } else {
    await writeFile(path, toArrow(await batchOf(connection, rows, table)));
  }
  return path;
}

async function batchOf(
  connection: DuckDBConnection,
  sql: string,
  stream: StreamName,
): Promise<ColumnBatch> {
  const reader = await connection.runAndReadAll(sql);
  const values = reader.getColumnsObjectJS() as Record<string, Value[]>;
  const columns = Object.entries(fieldsOf(stream)).map(([name, { type }]) => [
    name,
    columnFromValues(type, unsigned(type, values[name] ?? [])),
  ]);
  return {
    stream,
    length: reader.currentRowCount,
    columns: Object.fromEntries(columns) as ColumnBatch['columns'],
  };
}

const unsigned = (type: FieldType, values: Value[]): Value[] =>
  type.kind === 'scalar' && type.scalar === 'u64'
    ? values.map((value) => BigInt.asUintN(64, value as bigint))
    : values;
