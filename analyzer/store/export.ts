import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { tableFromArrays, tableFromIPC, tableToIPC } from 'apache-arrow';
import { toArrow } from '../../primitives/common/schema/arrow-encode.js';
import { RECEIVED } from '../../primitives/common/schema/arrow.js';
import {
  columnFromValues,
  type ColumnBatch,
  fieldsOf,
  streamNamed,
  type Value,
} from '../../primitives/common/schema/columns.js';
import type { FieldType } from '../../primitives/common/schema/fields.js';
import type { StreamName } from '../../primitives/common/schema/streams.js';
import type { Partition } from './partition.js';
import { resultRows } from './rows.js';

export const EXPORT_FORMATS = ['arrow', 'parquet'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

interface Rows {
  readonly table: StreamName;
  /** SQL over the columns of the table. */
  readonly where: string;
  /** One column that Parquet goes without: a hive-partitioned reader takes it from the path. */
  readonly without?: 'host';
}

export const rowsOf = (table: StreamName, { date, host }: Partition): Rows => {
  const day = `received_ns >= ${dayStart(date)} AND received_ns < ${dayStart(date) + DAY_NS}`;
  return host === null
    ? { table, where: day }
    : { table, where: `${day} AND host = '${host.replaceAll("'", "''")}'`, without: 'host' };
};

export async function partitionsOf(
  connection: DuckDBConnection,
  table: StreamName,
): Promise<Partition[]> {
  const host = 'host' in fieldsOf(table) ? 'host' : 'NULL';
  const reader = await connection.runAndReadAll(
    `SELECT DISTINCT strftime(make_timestamp_ns(received_ns), '%Y-%m-%d') AS date, ${host} AS host
     FROM ${table} ORDER BY ALL`,
  );
  return resultRows(reader) as unknown as Partition[];
}

/** In the order in which they came, with the columns of the table; `POST /v1/ingest/:table` takes the Arrow. */
export async function exportTable(
  connection: DuckDBConnection,
  folder: string,
  { table, where, without }: Rows,
  format: ExportFormat,
): Promise<string> {
  const path = join(folder, `${table}-${randomUUID()}.${format}`);
  const from = `FROM ${table} WHERE ${where} ORDER BY received_ns, rowid`;
  if (format === 'parquet') {
    const rows = `SELECT *${without ? ` EXCLUDE (${without})` : ''} ${from}`;
    const quoted = path.replaceAll("'", "''");
    const metadata = structOf({ ...described(table), fields: JSON.stringify(meanings(table)) });
    await connection.run(`COPY (${rows}) TO '${quoted}' (FORMAT parquet, KV_METADATA ${metadata})`);
  } else {
    await writeFile(path, await arrowOf(connection, `SELECT * ${from}`, table));
  }
  return path;
}

async function arrowOf(
  connection: DuckDBConnection,
  sql: string,
  stream: StreamName,
): Promise<Uint8Array> {
  const reader = await connection.runAndReadAll(sql);
  const values = reader.getColumnsObjectJS() as Record<string, Value[]>;
  const columns = Object.entries(fieldsOf(stream)).map(([name, { type }]) => [
    name,
    columnFromValues(type, unsigned(type, values[name] ?? [])),
  ]);
  const batch: ColumnBatch = {
    stream,
    length: reader.currentRowCount,
    columns: Object.fromEntries(columns) as ColumnBatch['columns'],
  };
  const received = BigInt64Array.from((values[RECEIVED] ?? []) as bigint[]);
  const table = tableFromIPC(toArrow(batch)).assign(tableFromArrays({ [RECEIVED]: received }));
  const known = meanings(stream);
  for (const { name, metadata } of table.schema.fields)
    for (const [key, value] of Object.entries(known[name] ?? {})) metadata.set(key, value);
  return tableToIPC(table, 'stream');
}

/** The metadata of a file in either format; Arrow has those of a field at the field. */
const described = (stream: StreamName): Record<string, string> => ({
  stream,
  version: String(streamNamed(stream).version),
});

type Meaning = Readonly<Record<'unit' | 'temporality' | 'meaning', string>>;

const meanings = (stream: StreamName): Record<string, Meaning> => ({
  ...Object.fromEntries(
    Object.entries(fieldsOf(stream)).map(([name, { unit, temporality, meaning }]) => [
      name,
      { unit, temporality, meaning },
    ]),
  ),
  [RECEIVED]: { unit: 'ns', temporality: 'gauge', meaning: 'analyzer’s wall clock, since 1970' },
});

/** A literal of DuckDB. */
const structOf = (values: Readonly<Record<string, string>>): string =>
  `{${Object.entries(values)
    .map(([key, value]) => `${key}: '${value.replaceAll("'", "''")}'`)
    .join(', ')}}`;

const DAY_NS = 86_400_000_000_000n;

const dayStart = (date: string): bigint => BigInt(Date.parse(date)) * 1_000_000n;

const unsigned = (type: FieldType, values: Value[]): Value[] =>
  type.kind === 'scalar' && type.scalar === 'u64'
    ? values.map((value) => BigInt.asUintN(64, value as bigint))
    : values;
