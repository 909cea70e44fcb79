import type { DuckDBResultReader, JS } from '@duckdb/node-api';

export type ResultRow = Record<string, JS>;

/** 64-bit integers become numbers where no digit is lost, and stay bigint elsewhere. */
export const resultRows = (reader: DuckDBResultReader): ResultRow[] =>
  reader.getRowObjectsJS().map((row) => {
    for (const [name, value] of Object.entries(row)) {
      if (typeof value === 'bigint') row[name] = narrowed(value);
      else if (Array.isArray(value)) row[name] = value.map(narrowedItem);
    }
    return row;
  });

const narrowedItem = (value: JS): JS => (typeof value === 'bigint' ? narrowed(value) : value);

const narrowed = (value: bigint): bigint | number =>
  value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
