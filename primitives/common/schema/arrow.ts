import type { DataType } from 'apache-arrow';
import {
  type Data,
  Dictionary,
  Field as ArrowField,
  FixedSizeList,
  Float64,
  Int32,
  Int64,
  Schema,
  type Table,
  tableFromIPC,
  Uint16,
  Uint32,
  Uint64,
  Uint8,
  Utf8,
  type Vector,
} from 'apache-arrow';
import { NetverdictError } from '../errors/index.js';
import { checkEnvelope } from './arrow-envelope.js';
import {
  type Column,
  type ColumnBatch,
  elementsPerRow,
  fieldsOf,
  numericColumn,
  type NumericColumn,
  streamNamed,
} from './columns.js';
import type { FieldType, ScalarType } from './fields.js';
import type { StreamName } from './streams.js';

const ARROW_SCALAR: Readonly<Record<ScalarType, () => DataType>> = {
  u8: () => new Uint8(),
  u16: () => new Uint16(),
  u32: () => new Uint32(),
  i32: () => new Int32(),
  u64: () => new Uint64(),
  i64: () => new Int64(),
  f64: () => new Float64(),
};

/** The analyzer's own column, on the wall clock. Exports have it; whoever takes records in gives them another. */
export const RECEIVED = 'received_ns';

/** When each row of an export was received. */
export function receivedOf(bytes: Uint8Array): BigInt64Array {
  const column: unknown = tableFromIPC(bytes).getChild(RECEIVED)?.toArray();
  if (column instanceof BigInt64Array) return column;
  throw mismatch(`no "${RECEIVED}" of 64 bits: it was not exported by an analyzer`);
}

/** The rows of an Arrow IPC stream, or NV_SCHEMA_MISMATCH that names what does not fit. */
export function fromArrow(stream: StreamName, bytes: Uint8Array): ColumnBatch {
  try {
    checkEnvelope(bytes);
    return validated(stream, tableFromIPC(bytes), bytes.byteLength);
  } catch (cause) {
    if (cause instanceof NetverdictError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new NetverdictError('NV_SCHEMA_MISMATCH', `not an Arrow IPC stream: ${reason}`, {
      cause,
    });
  }
}

function validated(stream: StreamName, table: Table, bytes: number): ColumnBatch {
  expectMetadata(table.schema.metadata, stream);
  const fields = fieldsOf(stream);
  for (const { name } of table.schema.fields) {
    if (!(name in fields) && name !== RECEIVED) throw mismatch(`${stream} has no field "${name}"`);
  }
  if (table.numRows > bytes) throw mismatch(`${table.numRows} rows do not fit in ${bytes} bytes`);
  const columns = Object.entries(fields).map(([name, { type }]): [string, Column] => {
    const vector = table.getChild(name);
    if (vector === null) throw mismatch(`${stream} needs the field "${name}"`);
    return [name, column(name, type, vector, table.numRows)];
  });
  return { stream, length: table.numRows, columns: Object.fromEntries(columns) };
}

/** Its metadata name the stream and its version. */
export function arrowSchema(stream: StreamName): Schema {
  const fields = Object.entries(fieldsOf(stream)).map(
    ([name, { type }], position) => new ArrowField(name, arrowType(type, position), false),
  );
  const version = String(streamNamed(stream).version);
  return new Schema(
    fields,
    new Map([
      ['stream', stream],
      ['version', version],
    ]),
  );
}

/** `position` becomes the dictionary id, so that equal batches are equal bytes. */
function arrowType(type: FieldType, position: number): DataType {
  if (type.kind === 'scalar') return ARROW_SCALAR[type.scalar]();
  if (type.kind === 'histogram') {
    return new FixedSizeList(type.length, new ArrowField('item', new Uint32(), false));
  }
  return new Dictionary(new Utf8(), new Int32(), position);
}

function expectMetadata(metadata: ReadonlyMap<string, string>, stream: StreamName): void {
  const name = metadata.get('stream');
  if (name !== stream) {
    throw mismatch(
      `expected records of ${stream}, got ${name === undefined ? 'none' : `"${name}"`}`,
    );
  }
  const expected = String(streamNamed(stream).version);
  const version = metadata.get('version') ?? '';
  if (version !== expected) {
    throw mismatch(`${stream} is at version ${expected} here, the records are of "${version}"`);
  }
}

function column(name: string, type: FieldType, vector: Vector, rows: number): Column {
  const expected = typeText(arrowType(type, 0));
  const found = typeText(vector.type as DataType);
  if (found !== expected) {
    throw mismatch(`field "${name}" is ${found}, not ${expected}`);
  }
  if (vector.nullCount > 0) throw mismatch(`field "${name}" has nulls`);
  const numbers = numericColumn(type, rows);
  const parts = vector.data as readonly Data[];
  if (numbers === undefined) return parts.flatMap((part) => texts(name, part));
  const whole = concatenated(numbers, parts, elementsPerRow(type));
  if (whole === undefined) throw mismatch(`field "${name}" is cut short`);
  return whole;
}

const typeText = (type: DataType): string => String(type as { toString(): string });

function concatenated(
  into: NumericColumn,
  parts: readonly Data[],
  perRow: number,
): NumericColumn | undefined {
  let filled = 0;
  for (const part of parts) {
    const source = (part.children[0] ?? part).values as Uint32Array;
    const elements = part.length * perRow;
    if (source.length < elements) return undefined;
    // Both are of the type that the schema check has established.
    (into as Uint32Array).set(source.subarray(0, elements), filled);
    filled += elements;
  }
  return into;
}

function texts(name: string, { values, length, dictionary }: Data): string[] {
  const known = (dictionary?.toArray() ?? []) as readonly (string | null)[];
  const codes = values as Int32Array;
  return Array.from({ length }, (_, row) => {
    const text = known[codes[row] ?? -1];
    if (typeof text !== 'string') throw mismatch(`field "${name}" is cut short`);
    return text;
  });
}

const mismatch = (message: string): NetverdictError =>
  new NetverdictError('NV_SCHEMA_MISMATCH', message);
