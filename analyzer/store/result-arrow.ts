/** The answer to a query as Arrow; its columns have no metadata, since any expression can make one. */
import {
  DuckDBArrayType,
  DuckDBListType,
  type DuckDBResultReader,
  type DuckDBType,
  DuckDBTypeId,
  type JS,
} from '@duckdb/node-api';
import {
  Bool,
  type DataType,
  Dictionary,
  Field,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  Int8,
  List,
  Table,
  tableToIPC,
  TimestampMillisecond,
  Uint16,
  Uint32,
  Uint64,
  Uint8,
  Utf8,
  type Vector,
  vectorFromArray,
} from 'apache-arrow';
import { jsonText } from './json.js';

const SCALAR: Readonly<Partial<Record<DuckDBTypeId, () => DataType>>> = {
  [DuckDBTypeId.BOOLEAN]: () => new Bool(),
  [DuckDBTypeId.TINYINT]: () => new Int8(),
  [DuckDBTypeId.SMALLINT]: () => new Int16(),
  [DuckDBTypeId.INTEGER]: () => new Int32(),
  [DuckDBTypeId.BIGINT]: () => new Int64(),
  [DuckDBTypeId.UTINYINT]: () => new Uint8(),
  [DuckDBTypeId.USMALLINT]: () => new Uint16(),
  [DuckDBTypeId.UINTEGER]: () => new Uint32(),
  [DuckDBTypeId.UBIGINT]: () => new Uint64(),
  // Sums of integers, which DuckDB makes floating-point numbers in Parquet, too.
  [DuckDBTypeId.HUGEINT]: () => new Float64(),
  [DuckDBTypeId.UHUGEINT]: () => new Float64(),
  [DuckDBTypeId.DECIMAL]: () => new Float64(),
  [DuckDBTypeId.FLOAT]: () => new Float32(),
  [DuckDBTypeId.DOUBLE]: () => new Float64(),
  [DuckDBTypeId.DATE]: () => new TimestampMillisecond(),
  [DuckDBTypeId.TIMESTAMP]: () => new TimestampMillisecond(),
  [DuckDBTypeId.TIMESTAMP_S]: () => new TimestampMillisecond(),
  [DuckDBTypeId.TIMESTAMP_MS]: () => new TimestampMillisecond(),
  [DuckDBTypeId.TIMESTAMP_NS]: () => new TimestampMillisecond(),
  [DuckDBTypeId.TIMESTAMP_TZ]: () => new TimestampMillisecond('UTC'),
};

/** One Arrow IPC stream, text by dictionary; what Arrow has no like of here is JSON. */
export function resultToArrow(reader: DuckDBResultReader): Uint8Array {
  const types = reader.columnTypes();
  const values = reader.getColumnsJS();
  const columns = reader
    .deduplicatedColumnNames()
    .map((name, index): [string, Vector] => [
      name,
      vectorOf(types[index] as DuckDBType, values[index] ?? []),
    ]);
  return tableToIPC(new Table(Object.fromEntries(columns)), 'stream');
}

function vectorOf(type: DuckDBType, values: readonly JS[]): Vector {
  const arrow = elementType(type) ?? new Dictionary(new Utf8(), new Int32());
  return vectorFromArray(
    values.map((value) => (value === null ? null : valueOf(type, value))),
    arrow,
  );
}

/** undefined for text. */
function elementType(type: DuckDBType): DataType | undefined {
  const item = itemType(type);
  if (item) return new List(new Field('item', elementType(item) ?? new Utf8()));
  return SCALAR[type.typeId]?.();
}

const itemType = (type: DuckDBType): DuckDBType | undefined =>
  type instanceof DuckDBListType || type instanceof DuckDBArrayType ? type.valueType : undefined;

function valueOf(type: DuckDBType, value: JS): unknown {
  const item = itemType(type);
  if (item && Array.isArray(value))
    return value.map((one) => (one === null ? null : valueOf(item, one)));
  const arrow = SCALAR[type.typeId];
  if (arrow === undefined) return typeof value === 'string' ? value : jsonText(value);
  return typeof value === 'bigint' && arrow() instanceof Float64 ? Number(value) : value;
}
