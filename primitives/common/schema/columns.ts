import { NetverdictError } from '../errors/index.js';
import type { Field, FieldType, ScalarType, Stream } from './fields.js';
import { STREAMS, type StreamName } from './streams.js';

export type NumericColumn =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float64Array;

/** Numbers in a typed array; text as strings; histograms row after row in one Uint32Array. */
export type Column = NumericColumn | readonly string[];

/** Records of one stream, column by column, agent's columns included. */
export interface ColumnBatch {
  readonly stream: StreamName;
  /** Rows. */
  readonly length: number;
  readonly columns: Readonly<Record<string, Column>>;
}

/** A text column as Arrow has it: a number for each row, and what the numbers stand for. */
export interface CodedTexts {
  readonly codes: Int32Array;
  readonly texts: readonly string[];
}

/** Records as they travel: of their texts each is there once. */
export interface CodedBatch {
  readonly stream: StreamName;
  /** Rows. */
  readonly length: number;
  readonly columns: Readonly<Record<string, NumericColumn | CodedTexts>>;
}

export type Value = number | bigint | string | ArrayLike<number>;
export type Row = Readonly<Record<string, Value>>;

const BY_NAME: ReadonlyMap<string, Stream> = new Map(
  STREAMS.map((stream) => [stream.name, stream]),
);

const FIELDS: ReadonlyMap<string, Readonly<Record<string, Field>>> = new Map(
  STREAMS.map((stream: Stream) => [stream.name, { ...stream.agent, ...stream.kernel }]),
);

export const isStreamName = (name: string): name is StreamName => BY_NAME.has(name);

export function streamNamed(name: string): Stream {
  const stream = BY_NAME.get(name);
  if (stream === undefined) {
    throw new NetverdictError('NV_UNKNOWN_TABLE', `"${name}" is no record stream`);
  }
  return stream;
}

/** All fields of a stream in the order of its table: the agent's, then the kernel's. */
export const fieldsOf = (stream: StreamName): Readonly<Record<string, Field>> =>
  FIELDS.get(stream) ?? {};

const TYPED_ARRAY = {
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
  i32: Int32Array,
  u64: BigUint64Array,
  i64: BigInt64Array,
  f64: Float64Array,
} as const satisfies Record<ScalarType, unknown>;

/** Of the elements of a column; `undefined` for types that are text. */
export function arrayOf(type: FieldType): (typeof TYPED_ARRAY)[ScalarType] | undefined {
  if (type.kind === 'scalar') return TYPED_ARRAY[type.scalar];
  return type.kind === 'histogram' ? Uint32Array : undefined;
}

/** Elements that one row takes in its column. */
export const elementsPerRow = (type: FieldType): number =>
  type.kind === 'histogram' ? type.length : 1;

/** An empty column of numbers; `undefined` for types that are text. */
export function numericColumn(type: FieldType, rows: number): NumericColumn | undefined {
  const Elements = arrayOf(type);
  return Elements && new Elements(rows * elementsPerRow(type));
}

/** One batch for each stream, the rows in the order of the batches given. */
export function joinBatches(batches: readonly ColumnBatch[]): ColumnBatch[] {
  const byStream = new Map<StreamName, ColumnBatch[]>();
  for (const batch of batches)
    if (batch.length > 0)
      byStream.set(batch.stream, [...(byStream.get(batch.stream) ?? []), batch]);
  return [...byStream].map(([stream, group]) => joined(stream, group));
}

function joined(stream: StreamName, batches: readonly ColumnBatch[]): ColumnBatch {
  const [only] = batches;
  if (only && batches.length === 1) return only;
  const length = batches.reduce((rows, batch) => rows + batch.length, 0);
  const columns = Object.entries(fieldsOf(stream)).map(([name, { type }]): [string, Column] => {
    const parts = batches.map((batch) => batch.columns[name] ?? []);
    const whole = numericColumn(type, length);
    if (whole === undefined) return [name, parts.flatMap((part) => part as readonly string[])];
    let filled = 0;
    for (const part of parts) {
      (whole as Uint32Array).set(part as Uint32Array, filled);
      filled += part.length;
    }
    return [name, whole];
  });
  return { stream, length, columns: Object.fromEntries(columns) };
}

const empty = new Map<StreamName, ColumnBatch>();

/** Of no rows: most sweeps of most streams have none, and their columns cost as much as those of some rows. */
export function emptyBatch(stream: StreamName): ColumnBatch {
  const known = empty.get(stream);
  if (known !== undefined) return known;
  const columns = Object.entries(fieldsOf(stream)).map(([name, { type }]): [string, Column] => [
    name,
    numericColumn(type, 0) ?? [],
  ]);
  const made = { stream, length: 0, columns: Object.fromEntries(columns) };
  empty.set(stream, made);
  return made;
}

export function batchFromRows(stream: StreamName, rows: readonly Row[]): ColumnBatch {
  if (rows.length === 0) return emptyBatch(stream);
  const columns = Object.entries(fieldsOf(stream)).map(([name, { type }]): [string, Column] => [
    name,
    columnFromValues(
      type,
      rows.map((row) => valueOf(row, name, stream)),
    ),
  ]);
  return { stream, length: rows.length, columns: Object.fromEntries(columns) };
}

export function columnFromValues(type: FieldType, values: readonly Value[]): Column {
  const column = numericColumn(type, values.length);
  if (column === undefined) return values.map(String);
  if (type.kind === 'histogram') {
    values.forEach((value, row) => {
      (column as Uint32Array).set(value as ArrayLike<number>, row * type.length);
    });
  } else if (column instanceof BigUint64Array || column instanceof BigInt64Array) {
    values.forEach((value, row) => {
      column[row] = BigInt(value as number | bigint);
    });
  } else {
    values.forEach((value, row) => {
      column[row] = Number(value);
    });
  }
  return column;
}

export function rowsFromBatch(batch: ColumnBatch | CodedBatch): Record<string, Value>[] {
  const fields = Object.entries(fieldsOf(batch.stream));
  return Array.from({ length: batch.length }, (_, row) =>
    Object.fromEntries(
      fields.map(([name, { type }]) => [name, valueAt(batch.columns[name], type, row)]),
    ),
  );
}

function valueAt(column: Column | CodedTexts | undefined, type: FieldType, row: number): Value {
  if (column && 'codes' in column) return column.texts[column.codes[row] ?? -1] ?? '';
  if (type.kind === 'histogram' && column instanceof Uint32Array) {
    return column.slice(row * type.length, (row + 1) * type.length);
  }
  return column?.[row] ?? '';
}

function valueOf(row: Row, name: string, stream: StreamName): Value {
  const value = row[name];
  if (value === undefined) {
    throw new NetverdictError('NV_SCHEMA_MISMATCH', `a row of ${stream} has no "${name}"`);
  }
  return value;
}
