/**
 * The messages of a stream's batches as Apache Arrow writes them. All batches of a stream have the same, but for some
 * numbers in fixed places (Arrow columnar format, "Encapsulated message format"): lengths and offsets.
 */
import {
  type Data,
  DataType,
  type Dictionary,
  makeData,
  makeVector,
  RecordBatch,
  Struct,
  Table,
  tableToIPC,
  Uint32,
  Utf8,
} from 'apache-arrow';
import { arrowSchema } from './arrow-schema.js';
import { fieldsOf, numericColumn } from './columns.js';
import type { StreamName } from './streams.js';

export interface MessageTemplate {
  /** Continuation mark, length and metadata. */
  readonly bytes: Uint8Array;
  /** Where in `bytes` these are: 64-bit numbers, and structs of two of them. */
  readonly bodyLength: number;
  readonly length: number;
  readonly nodes: number;
  readonly buffers: number;
}

export interface StreamTemplate {
  readonly schema: Uint8Array;
  /** By position of the column. */
  readonly dictionaries: ReadonlyMap<number, MessageTemplate>;
  readonly records: MessageTemplate;
}

const PREFIX = 8;
const END_OF_STREAM = 8;
/** Offsets in the tables' virtual tables, Message.fbs: 4 + 2 × the number of the field. */
const MESSAGE = { type: 6, header: 8, bodyLength: 10 } as const;
const DICTIONARY = { id: 4, records: 6 } as const;
const RECORDS = { length: 4, nodes: 6, buffers: 8 } as const;
/** MessageHeader. */
const DICTIONARY_BATCH = 2;

const templates = new Map<StreamName, StreamTemplate>();

export function templateOf(stream: StreamName): StreamTemplate {
  const known = templates.get(stream);
  if (known !== undefined) return known;
  const made = makeTemplate(stream);
  templates.set(stream, made);
  return made;
}

function makeTemplate(stream: StreamName): StreamTemplate {
  const bytes = oneRow(stream);
  const [schema = { end: 0 }, ...batches] = messagesIn(bytes);
  const dictionaries = new Map<number, MessageTemplate>();
  let records: MessageTemplate | undefined;
  for (const { begin, end } of batches) {
    const message = new FlatTable(bytes.slice(begin, end), PREFIX);
    const isDictionary = message.bytes[message.at(MESSAGE.type)] === DICTIONARY_BATCH;
    const header = message.table(MESSAGE.header);
    const batch = isDictionary ? header.table(DICTIONARY.records) : header;
    const template = {
      bytes: message.bytes,
      bodyLength: message.at(MESSAGE.bodyLength),
      length: batch.at(RECORDS.length),
      nodes: batch.vector(RECORDS.nodes),
      buffers: batch.vector(RECORDS.buffers),
    };
    if (isDictionary) dictionaries.set(header.number(DICTIONARY.id), template);
    else records = template;
  }
  if (records === undefined) throw new Error(`Arrow wrote no records of ${stream}`);
  return { schema: bytes.slice(0, schema.end), dictionaries, records };
}

/** A batch none of whose numbers is 0: those would be left out. */
function oneRow(stream: StreamName): Uint8Array {
  const schema = arrowSchema(stream);
  const children = Object.values(fieldsOf(stream)).map(({ type }, position) => {
    const arrow = schema.fields[position]?.type as DataType;
    if (DataType.isDictionary(arrow)) return oneText(arrow);
    const data = numericColumn(type, 1) as Uint32Array;
    if (!DataType.isFixedSizeList(arrow)) return makeData({ type: arrow as Uint32, data });
    return makeData({ type: arrow, length: 1, child: makeData({ type: new Uint32(), data }) });
  });
  const data = makeData({ type: new Struct(schema.fields), length: 1, nullCount: 0, children });
  return tableToIPC(new Table(schema, [new RecordBatch(schema, data)]), 'stream');
}

function oneText(type: Dictionary): Data {
  const valueOffsets = Int32Array.of(0, 1);
  const text = { type: new Utf8(), length: 1, nullCount: 0, valueOffsets, data: Buffer.from('-') };
  const dictionary = makeVector(makeData(text));
  return makeData({ type, length: 1, nullCount: 0, data: Int32Array.of(0), dictionary });
}

/** Of each message, all but its body. */
function* messagesIn(bytes: Uint8Array): Generator<{ begin: number; end: number }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let begin = 0; begin < bytes.length - END_OF_STREAM;) {
    const end = begin + PREFIX + view.getInt32(begin + 4, true);
    yield { begin, end };
    const message = new FlatTable(bytes.subarray(begin, end), PREFIX);
    begin = end + message.number(MESSAGE.bodyLength);
  }
}

/** A table of a FlatBuffer. */
class FlatTable {
  readonly #view: DataView;
  readonly #table: number;

  /** @param from where the offset of the table is. */
  constructor(
    readonly bytes: Uint8Array,
    from: number,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#table = from + this.#view.getUint32(from, true);
  }

  /** Where a field is; 0 when it has its default value and is nowhere. */
  at(field: number): number {
    const fields = this.#table - this.#view.getInt32(this.#table, true);
    const offset =
      field < this.#view.getUint16(fields, true) ? this.#view.getUint16(fields + field, true) : 0;
    return offset === 0 ? 0 : this.#table + offset;
  }

  number(field: number): number {
    const at = this.at(field);
    return at === 0 ? 0 : Number(this.#view.getBigInt64(at, true));
  }

  table(field: number): FlatTable {
    return new FlatTable(this.bytes, this.at(field));
  }

  /** Where the elements of a vector are. */
  vector(field: number): number {
    const at = this.at(field);
    return at + this.#view.getUint32(at, true) + 4;
  }
}
