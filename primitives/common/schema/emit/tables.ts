import type { FieldType, ScalarType, Stream } from '../fields.js';
import { STREAMS } from '../streams.js';

/** u64 travels as two's complement: DuckDB computes differences and joins on BIGINT. */
const SQL_SCALAR: Readonly<Record<ScalarType, string>> = {
  u8: 'UTINYINT',
  u16: 'USMALLINT',
  u32: 'UINTEGER',
  u64: 'BIGINT',
  i32: 'INTEGER',
  i64: 'BIGINT',
  f64: 'DOUBLE',
};

/** `tables.sql`: one DuckDB table a stream. */
export function tables(): string {
  return [
    '-- Generated from primitives/common/schema/streams.ts by `npm run generate`. Do not edit.',
    ...STREAMS.flatMap(table),
    '',
  ].join('\n');
}

function table(stream: Stream): string[] {
  const columns = Object.entries({ ...stream.agent, ...stream.kernel }).map(
    ([name, field]) => `  "${name}" ${sqlType(field.type)} NOT NULL,`,
  );
  return [
    '',
    `-- ${stream.grain}`,
    `CREATE TABLE IF NOT EXISTS ${stream.name} (`,
    ...columns,
    '  -- wall clock of the analyzer',
    '  "received_ns" BIGINT NOT NULL',
    ');',
  ];
}

export function sqlType(type: FieldType): string {
  switch (type.kind) {
    case 'scalar':
      return SQL_SCALAR[type.scalar];
    case 'histogram':
      return 'UINTEGER[]';
    case 'enum':
    case 'address':
    case 'comm':
    case 'text':
      return 'VARCHAR';
  }
}
