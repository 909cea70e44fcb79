import {
  type Data,
  DataType,
  Dictionary,
  Field as ArrowField,
  FixedSizeList,
  Float64,
  Int32,
  Int64,
  makeData,
  makeVector,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  Table,
  tableFromIPC,
  tableToIPC,
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

const END_OF_STREAM_BYTES = 8;

const ARROW_SCALAR: Readonly<Record<ScalarType, () => DataType>> = {
  u8: () => new Uint8(),
  u16: () => new Uint16(),
  u32: () => new Uint32(),
  i32: () => new Int32(),
  u64: () => new Uint64(),
  i64: () => new Int64(),
  f64: () => new Float64(),
};

/** One Arrow IPC stream; the schema metadata name the stream and its version. */
export function toArrow(batch: ColumnBatch): Uint8Array {
  const { schema, message } = encodedSchema(batch.stream);
  const children = schema.fields.map((field) =>
    arrowData(field.type as DataType, batch.columns[field.name], batch),
  );
  const data = makeData({
    type: new Struct(schema.fields),
    length: batch.length,
    nullCount: 0,
    children,
  });
  const writer = new StreamWriter(message);
  writer.reset(undefined, schema);
  writer.write(new RecordBatch(schema, data));
  writer.finish();
  return writer.toUint8Array(true);
}

/** A stream's schema is the same in every batch, and larger than most: it is encoded once. */
class StreamWriter extends RecordBatchStreamWriter {
  constructor(private readonly schemaMessage: Uint8Array) {
    super();
  }

  protected override _writeSchema(): this {
    return this._write(this.schemaMessage);
  }
}

const schemas = new Map<StreamName, { schema: Schema; message: Uint8Array }>();

function encodedSchema(stream: StreamName): { schema: Schema; message: Uint8Array } {
  const known = schemas.get(stream);
  if (known !== undefined) return known;
  const schema = arrowSchema(stream);
  const message = tableToIPC(new Table(schema), 'stream').subarray(0, -END_OF_STREAM_BYTES);
  const encoded = { schema, message };
  schemas.set(stream, encoded);
  return encoded;
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
    if (!(name in fields)) throw mismatch(`${stream} has no field "${name}"`);
  }
  if (table.numRows > bytes) throw mismatch(`${table.numRows} rows do not fit in ${bytes} bytes`);
  const columns = Object.entries(fields).map(([name, { type }]): [string, Column] => {
    const vector = table.getChild(name);
    if (vector === null) throw mismatch(`${stream} needs the field "${name}"`);
    return [name, column(name, type, vector, table.numRows)];
  });
  return { stream, length: table.numRows, columns: Object.fromEntries(columns) };
}

function arrowSchema(stream: StreamName): Schema {
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

function arrowData(type: DataType, values: Column | undefined, batch: ColumnBatch): Data {
  if (values === undefined) throw mismatch(`a batch of ${batch.stream} lacks a column`);
  const { length } = batch;
  if (DataType.isDictionary(type)) return dictionaryData(type, values as readonly string[]);
  if (DataType.isFixedSizeList(type)) {
    const child = makeData({ type: new Uint32(), data: values as Uint32Array });
    return makeData({ type, length, nullCount: 0, child });
  }
  return makeData({ type: type as Uint32, length, nullCount: 0, data: values as Uint32Array });
}

function dictionaryData(type: Dictionary, texts: readonly string[]): Data {
  const codes = new Map<string, number>();
  const data = new Int32Array(texts.length);
  texts.forEach((text, row) => {
    const code = codes.get(text) ?? codes.size;
    if (code === codes.size) codes.set(text, code);
    data[row] = code;
  });
  const dictionary = utf8([...codes.keys()]);
  return makeData({ type, length: texts.length, nullCount: 0, data, dictionary });
}

function utf8(texts: readonly string[]): Vector<Utf8> {
  const valueOffsets = new Int32Array(texts.length + 1);
  texts.forEach((text, at) => {
    valueOffsets[at + 1] = (valueOffsets[at] ?? 0) + Buffer.byteLength(text);
  });
  const data = Buffer.from(texts.join(''));
  const { length } = texts;
  return makeVector(makeData({ type: new Utf8(), length, nullCount: 0, valueOffsets, data }));
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
