import fc from 'fast-check';
import { Schema, Table, tableFromIPC, tableToIPC } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { fromArrow } from './arrow.js';
import { decodeOwn } from './arrow-decode.js';
import { toArrow } from './arrow-encode.js';
import { batchFromRows, fieldsOf, type Row, rowsFromBatch } from './columns.js';
import type { FieldType, ScalarType } from './fields.js';
import { STREAMS, type StreamName } from './streams.js';

const SCALARS: Readonly<Record<ScalarType, fc.Arbitrary<number | bigint>>> = {
  u8: fc.integer({ min: 0, max: 0xff }),
  u16: fc.integer({ min: 0, max: 0xffff }),
  u32: fc.integer({ min: 0, max: 0xffff_ffff }),
  i32: fc.integer(),
  u64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  i64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  f64: fc.double({ noNaN: true }),
};

function valueOf(type: FieldType): fc.Arbitrary<number | bigint | string | Uint32Array> {
  if (type.kind === 'scalar') return SCALARS[type.scalar];
  if (type.kind === 'enum') return fc.constantFrom(...type.values);
  if (type.kind === 'histogram') {
    return fc.uint32Array({ minLength: type.length, maxLength: type.length });
  }
  return fc.string({ unit: 'grapheme' });
}

const rowsOf = (stream: StreamName): fc.Arbitrary<Row[]> =>
  fc.array(
    fc.record(
      Object.fromEntries(
        Object.entries(fieldsOf(stream)).map(([name, { type }]) => [name, valueOf(type)]),
      ),
    ),
    { maxLength: 20 },
  );

const batch = batchFromRows('arming', [
  { host: 'a', time_ns: 1n, incident: 'i', state: 'armed', detail: '', probes: '[]' },
  { host: 'a', time_ns: 2n, incident: 'i', state: 'disarmed', detail: '', probes: '' },
]);
const bytes = toArrow(batch);

function relabelled(metadata: Record<string, string>): Uint8Array {
  const table = tableFromIPC(bytes);
  const schema = new Schema(table.schema.fields, new Map(Object.entries(metadata)));
  return tableToIPC(new Table(schema, table.batches), 'stream');
}

describe('Arrow round trip', () => {
  it.each(STREAMS.map(({ name }) => name))('keeps every value of %s', (stream) => {
    fc.assert(
      fc.property(rowsOf(stream), (rows) => {
        const sent = batchFromRows(stream, rows);
        const bytes = toArrow(sent);
        expect(rowsFromBatch(fromArrow(stream, bytes))).toEqual(rows);
        expect(decodeOwn(stream, bytes)).toBeDefined();
        const byArrow = tableToIPC(tableFromIPC(bytes), 'stream');
        expect(rowsFromBatch(fromArrow(stream, byArrow))).toEqual(rows);
      }),
      { numRuns: 20 },
    );
  });

  it('writes equal batches as equal bytes', () => {
    expect(toArrow(batch)).toEqual(bytes);
  });
});

describe('Arrow that is not of the schema', () => {
  const rejected = (stream: StreamName, sent: Uint8Array, message: RegExp): void => {
    expect(() => fromArrow(stream, sent)).toThrow(
      expect.objectContaining({
        code: 'NV_SCHEMA_MISMATCH',
        message: expect.stringMatching(message) as string,
      }),
    );
  };

  it('is refused when it is of another stream', () => {
    rejected('alert', bytes, /expected records of alert, got "arming"/);
  });

  it('is refused when it is of another version', () => {
    rejected('arming', relabelled({ stream: 'arming', version: '99' }), /version 2 .* "99"/);
  });

  it('is refused when a field is missing, naming it', () => {
    const labels = { stream: 'host_info', version: '1' };
    rejected('host_info', relabelled(labels), /host_info has no field "incident"/);
    const table = tableFromIPC(bytes);
    const narrow = tableToIPC(table.select(['host', 'time_ns']), 'stream');
    rejected('arming', narrow, /needs the field "incident"/);
  });

  it('is refused when it is cut anywhere before its last record', () => {
    const complete = bytes.length - 8;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: complete - 1 }), (length) => {
        try {
          expect(fromArrow('arming', bytes.subarray(0, length)).length).toBe(0);
        } catch (error) {
          expect(error).toMatchObject({ code: 'NV_SCHEMA_MISMATCH' });
        }
      }),
    );
  });

  it('is refused, or read as something of the right shape, whatever byte is changed', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const changed = Uint8Array.from(bytes);
        changed[at] = value;
        try {
          const got = fromArrow('arming', changed);
          for (const column of Object.values(got.columns))
            expect('codes' in column ? column.codes.length : column.length).toBe(got.length);
        } catch (error) {
          expect(error).toMatchObject({ code: 'NV_SCHEMA_MISMATCH' });
        }
      }),
      { numRuns: 1000 },
    );
  });
});
