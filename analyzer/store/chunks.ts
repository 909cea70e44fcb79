import {
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBListValue,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';
import { type Column, type ColumnBatch, fieldsOf } from '../../primitives/common/schema/columns.js';
import type { FieldType } from '../../primitives/common/schema/fields.js';

/** Rows of one DuckDB vector. */
const CHUNK_ROWS = 2048;

export interface Pending {
  readonly batch: ColumnBatch;
  /** Of all rows, or of each. */
  readonly receivedNs: bigint | BigInt64Array;
}

/** Batches of one stream, at the end of its table. */
export async function appendBatches(
  connection: DuckDBConnection,
  stream: string,
  batches: readonly Pending[],
): Promise<void> {
  const appender = await connection.createAppender(stream);
  try {
    const types = Array.from({ length: appender.columnCount }, (_, c) => appender.columnType(c));
    for (const pending of batches)
      for (const chunk of chunksOf(pending, types)) appender.appendDataChunk(chunk);
    appender.flushSync();
  } finally {
    appender.closeSync();
  }
}

/** The batch as data chunks in the column order of its table, with the time it was received. */
function* chunksOf(
  { batch, receivedNs }: Pending,
  types: readonly DuckDBType[],
): Generator<DuckDBDataChunk> {
  const fields = Object.entries(fieldsOf(batch.stream));
  for (let start = 0; start < batch.length; start += CHUNK_ROWS) {
    const end = Math.min(start + CHUNK_ROWS, batch.length);
    const chunk = DuckDBDataChunk.create(types, end - start);
    fields.forEach(([name, { type }], index) => {
      const values = part(batch.columns[name] ?? [], type, start, end);
      chunk.setColumnValues(index, values as unknown as DuckDBValue[]);
    });
    const received =
      typeof receivedNs === 'bigint'
        ? new BigInt64Array(end - start).fill(receivedNs)
        : receivedNs.subarray(start, end);
    chunk.setColumnValues(fields.length, received as unknown as DuckDBValue[]);
    yield chunk;
  }
}

function part(column: Column, type: FieldType, start: number, end: number): ArrayLike<unknown> {
  if (type.kind === 'histogram' && column instanceof Uint32Array) {
    return Array.from({ length: end - start }, (_, row) => {
      const at = (start + row) * type.length;
      const items = column.subarray(at, at + type.length);
      return new DuckDBListValue(items as unknown as DuckDBValue[]);
    });
  }
  if (!(column instanceof BigUint64Array)) {
    return Array.isArray(column)
      ? column.slice(start, end)
      : (column as Uint8Array).subarray(start, end);
  }
  // BIGINT holds u64 as two's complement.
  return new BigInt64Array(column.buffer, column.byteOffset, column.length).subarray(start, end);
}
