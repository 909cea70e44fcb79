import type { DataType } from 'apache-arrow';
import {
  Dictionary,
  Field as ArrowField,
  FixedSizeList,
  Float64,
  Int32,
  Int64,
  Schema,
  Uint16,
  Uint32,
  Uint64,
  Uint8,
  Utf8,
} from 'apache-arrow';
import { fieldsOf, streamNamed } from './columns.js';
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
export function arrowType(type: FieldType, position: number): DataType {
  if (type.kind === 'scalar') return ARROW_SCALAR[type.scalar]();
  if (type.kind === 'histogram') {
    return new FixedSizeList(type.length, new ArrowField('item', new Uint32(), false));
  }
  return new Dictionary(new Utf8(), new Int32(), position);
}
