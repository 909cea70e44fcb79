/** Records into the vectors of DuckDB's chunks, column by column: but for texts no value is looked at. */
import {
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
} from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { codedTexts } from '../../primitives/common/schema/coded.js';
import {
  type CodedBatch,
  type CodedTexts,
  type ColumnBatch,
  fieldsOf,
  type NumericColumn,
} from '../../primitives/common/schema/columns.js';
import type { FieldType } from '../../primitives/common/schema/fields.js';
import type { StreamName } from '../../primitives/common/schema/streams.js';
import { TextVector } from './text-vector.js';

/** Rows of one DuckDB vector. */
const CHUNK_ROWS = duckdb.vector_size();
const TIME_BYTES = BigInt64Array.BYTES_PER_ELEMENT;

export interface Pending {
  readonly batch: CodedBatch | ColumnBatch;
  /** Instead of what the batch says. */
  readonly host?: string;
  /** Of all rows, or of each. */
  readonly receivedNs: bigint | BigInt64Array;
}

/** Rows of a batch that go into one chunk. */
interface Part extends Pending {
  readonly start: number;
  readonly end: number;
}

interface Table {
  readonly appender: DuckDBAppender;
  readonly chunk: RecordChunk;
}

/** Puts batches at the end of the tables of their streams. What a table needs for it is made once. */
export class RecordAppender {
  readonly #tables = new Map<StreamName, Table>();

  constructor(private readonly connection: DuckDBConnection) {}

  async append(stream: StreamName, batches: readonly Pending[]): Promise<void> {
    const { appender, chunk } = this.#tables.get(stream) ?? (await this.#open(stream));
    try {
      for (const parts of chunksOf(batches)) appender.appendDataChunk(chunk.filled(parts));
      appender.flushSync();
    } catch (error) {
      this.#tables.delete(stream);
      appender.clear();
      throw error;
    }
  }

  close(): void {
    for (const { appender } of this.#tables.values()) appender.closeSync();
    this.#tables.clear();
  }

  async #open(stream: StreamName): Promise<Table> {
    const appender = await this.connection.createAppender(stream);
    const types = Array.from({ length: appender.columnCount }, (_, c) => appender.columnType(c));
    const table = { appender, chunk: new RecordChunk(stream, types) };
    this.#tables.set(stream, table);
    return table;
  }
}

function* chunksOf(batches: readonly Pending[]): Generator<readonly Part[]> {
  let parts: Part[] = [];
  let room = CHUNK_ROWS;
  for (const pending of batches)
    for (let start = 0; start < pending.batch.length;) {
      const end = Math.min(start + room, pending.batch.length);
      parts.push({ ...pending, start, end });
      room -= end - start;
      start = end;
      if (room > 0) continue;
      yield parts;
      parts = [];
      room = CHUNK_ROWS;
    }
  if (parts.length > 0) yield parts;
}

const texts = new TextVector(CHUNK_ROWS);
const times = new BigInt64Array(CHUNK_ROWS);

/** Has the columns of its stream's table: the fields, then the time at which they were received. */
class RecordChunk {
  readonly #chunk: DuckDBDataChunk;
  readonly #fields: readonly (readonly [string, FieldType])[];

  constructor(stream: StreamName, types: readonly DuckDBType[]) {
    this.#chunk = DuckDBDataChunk.create(types);
    this.#fields = Object.entries(fieldsOf(stream)).map(([name, { type }]) => [name, type]);
  }

  /** Good until the next call. */
  filled(parts: readonly Part[]): DuckDBDataChunk {
    const rows = parts.reduce((sum, { start, end }) => sum + end - start, 0);
    this.#chunk.reset();
    this.#chunk.rowCount = rows;
    this.#fields.forEach(([name, type], column) => {
      const vector = duckdb.data_chunk_get_vector(this.#chunk.chunk, column);
      if (type.kind === 'histogram') writeLists(vector, name, parts, rows, type.length);
      else if (type.kind === 'scalar') writeNumbers(vector, name, parts, 1);
      else writeTexts(vector, name, parts);
    });
    writeTimes(duckdb.data_chunk_get_vector(this.#chunk.chunk, this.#fields.length), parts, rows);
    return this.#chunk;
  }
}

function writeTexts(vector: duckdb.Vector, name: string, parts: readonly Part[]): void {
  for (const { batch, host, start, end } of parts) {
    const column = batch.columns[name] as CodedTexts | readonly string[];
    if (name === 'host' && host !== undefined) texts.repeat(host, end - start);
    else texts.add('codes' in column ? column : codedTexts(column), start, end);
  }
  texts.writeTo(vector);
}

/** BIGINT holds u64 as two's complement. */
function writeNumbers(
  vector: duckdb.Vector,
  name: string,
  parts: readonly Part[],
  perRow: number,
): void {
  let at = 0;
  for (const { batch, start, end } of parts) {
    const column = batch.columns[name] as NumericColumn;
    const rowBytes = column.BYTES_PER_ELEMENT * perRow;
    at += copy(vector, at, column, start * rowBytes, (end - start) * rowBytes);
  }
}

function writeLists(
  vector: duckdb.Vector,
  name: string,
  parts: readonly Part[],
  rows: number,
  length: number,
): void {
  duckdb.list_vector_reserve(vector, rows * length);
  duckdb.list_vector_set_size(vector, rows * length);
  writeNumbers(duckdb.list_vector_get_child(vector), name, parts, length);
  const entries = listsOf(length);
  copy(vector, 0, entries, 0, (rows * entries.byteLength) / CHUNK_ROWS);
}

const lists = new Map<number, BigUint64Array>();

/** Where the list of each row begins, and its length. */
function listsOf(length: number): BigUint64Array {
  const known = lists.get(length);
  if (known) return known;
  const entries = Array.from({ length: CHUNK_ROWS }, (_, row) => [row * length, length]);
  const made = BigUint64Array.from(entries.flat().map(BigInt));
  lists.set(length, made);
  return made;
}

function writeTimes(vector: duckdb.Vector, parts: readonly Part[], rows: number): void {
  let at = 0;
  for (const { receivedNs, start, end } of parts) {
    if (typeof receivedNs === 'bigint') times.fill(receivedNs, at, at + end - start);
    else times.set(receivedNs.subarray(start, end), at);
    at += end - start;
  }
  copy(vector, 0, times, 0, rows * TIME_BYTES);
}

function copy(
  vector: duckdb.Vector,
  at: number,
  { buffer, byteOffset, byteLength }: NumericColumn,
  from: number,
  bytes: number,
): number {
  if (from + bytes > byteLength) throw new RangeError(`${from + bytes} of ${byteLength} bytes`);
  duckdb.copy_data_to_vector(vector, at, buffer as ArrayBuffer, byteOffset + from, bytes);
  return bytes;
}
