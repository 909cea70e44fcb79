import type { DataType } from 'apache-arrow';
import { type Data, type Table, tableFromIPC, type Vector } from 'apache-arrow';
import { NetverdictError } from '../errors/index.js';
import { decodeOwn } from './arrow-decode.js';
import { checkEnvelope } from './arrow-envelope.js';
import { arrowType } from './arrow-schema.js';
import {
  type CodedBatch,
  type CodedTexts,
  elementsPerRow,
  fieldsOf,
  numericColumn,
  type NumericColumn,
  streamNamed,
} from './columns.js';
import type { FieldType } from './fields.js';
import type { StreamName } from './streams.js';

/** The analyzer's own column, on the wall clock. Exports have it; whoever takes records in gives them another. */
export const RECEIVED = 'received_ns';

/** When each row of an export was received. */
export function receivedOf(bytes: Uint8Array): BigInt64Array {
  const column: unknown = tableFromIPC(bytes).getChild(RECEIVED)?.toArray();
  if (column instanceof BigInt64Array) return column;
  throw mismatch(`no "${RECEIVED}" of 64 bits: it was not exported by an analyzer`);
}

/** The rows of an Arrow IPC stream, or NV_SCHEMA_MISMATCH that names what does not fit. */
export function fromArrow(stream: StreamName, bytes: Uint8Array): CodedBatch {
  const own = decodeOwn(stream, bytes);
  if (own) return own;
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

function validated(stream: StreamName, table: Table, bytes: number): CodedBatch {
  expectMetadata(table.schema.metadata, stream);
  const fields = fieldsOf(stream);
  for (const { name } of table.schema.fields) {
    if (!(name in fields) && name !== RECEIVED) throw mismatch(`${stream} has no field "${name}"`);
  }
  if (table.numRows > bytes) throw mismatch(`${table.numRows} rows do not fit in ${bytes} bytes`);
  const columns = Object.entries(fields).map(([name, { type }]) => {
    const vector = table.getChild(name);
    if (vector === null) throw mismatch(`${stream} needs the field "${name}"`);
    return [name, column(name, type, vector, table.numRows)] as const;
  });
  return { stream, length: table.numRows, columns: Object.fromEntries(columns) };
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

function column(
  name: string,
  type: FieldType,
  vector: Vector,
  rows: number,
): NumericColumn | CodedTexts {
  const expected = typeText(arrowType(type, 0));
  const found = typeText(vector.type as DataType);
  if (found !== expected) {
    throw mismatch(`field "${name}" is ${found}, not ${expected}`);
  }
  if (vector.nullCount > 0) throw mismatch(`field "${name}" has nulls`);
  const numbers = numericColumn(type, rows);
  const parts = vector.data as readonly Data[];
  if (numbers === undefined) return texts(name, parts, rows);
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

/** Each part has a dictionary of its own. */
function texts(name: string, parts: readonly Data[], rows: number): CodedTexts {
  const codes = new Int32Array(rows);
  const all: string[] = [];
  let row = 0;
  for (const { values, length, dictionary } of parts) {
    const known = (dictionary?.toArray() ?? []) as readonly (string | null)[];
    const first = all.length;
    for (let index = 0; index < length; index++) {
      const code = (values as Int32Array)[index] ?? -1;
      if (typeof known[code] !== 'string') throw mismatch(`field "${name}" is cut short`);
      codes[row++] = first + code;
    }
    for (const text of known) all.push(text ?? '');
  }
  if (row !== rows) throw mismatch(`field "${name}" is cut short`);
  return { codes, texts: all };
}

const mismatch = (message: string): NetverdictError =>
  new NetverdictError('NV_SCHEMA_MISMATCH', message);
