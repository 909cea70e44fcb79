import { NetverdictError } from '../errors/index.js';
import { addressText } from './address.js';
import {
  type Column,
  type ColumnBatch,
  elementsPerRow,
  emptyBatch,
  numericColumn,
  type NumericColumn,
  streamNamed,
} from './columns.js';
import type { FieldType, ScalarType } from './fields.js';
import { LAYOUTS } from './gen/layout.js';
import { TextCache } from './text-cache.js';

/** Streams whose records the kernel fills. */
export type KernelStream = keyof typeof LAYOUTS;

/** The agent's own columns: whole, or one value for all rows. */
export type AgentColumns = Readonly<Record<string, Column | string | number | bigint>>;

const WORD = 4;
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

const addresses = new TextCache(addressText);
const names = new TextCache((bytes) => {
  const end = bytes.indexOf(0);
  return Buffer.from(bytes.subarray(0, end < 0 ? bytes.length : end)).toString('utf8');
});

/** Bytes of one C record of the stream. */
export const recordSize = (stream: KernelStream): number => LAYOUTS[stream].size;

/** Whole C records, one after the other, as columns. No object is made for a row. */
export function decodeRecords(
  stream: KernelStream,
  bytes: Uint8Array,
  agent: AgentColumns,
): ColumnBatch {
  if (bytes.byteLength === 0) return emptyBatch(stream);
  const { size } = LAYOUTS[stream];
  const places: Readonly<Record<string, { readonly offset: number }>> = LAYOUTS[stream].fields;
  const length = bytes.byteLength / size;
  if (!Number.isInteger(length)) {
    throw mismatch(`${bytes.byteLength} bytes are no whole number of ${stream} records (${size})`);
  }
  const fields = streamNamed(stream);
  const columns: Record<string, Column> = {};
  for (const [name, { type }] of Object.entries(fields.agent)) {
    const given = agent[name];
    if (given === undefined) throw mismatch(`${stream} needs the agent's column "${name}"`);
    columns[name] = agentColumn(type, given, length);
  }
  for (const [name, { type }] of Object.entries(fields.kernel)) {
    columns[name] = decodeColumn(type, bytes, size, places[name]?.offset ?? 0);
  }
  return { stream, length, columns };
}

/** The field at `offset` of each whole record of `stride` bytes. */
export function decodeColumn(
  type: FieldType,
  bytes: Uint8Array,
  stride: number,
  offset: number,
): Column {
  const rows = Math.floor(bytes.byteLength / stride);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const numbers = numericColumn(type, rows);
  if (numbers !== undefined) {
    if ((numbers.BYTES_PER_ELEMENT | stride | offset | bytes.byteOffset) % WORD === 0)
      gatherWords(numbers, bytes, stride, offset);
    else gather(numbers, type, view, stride, offset);
    return numbers;
  }
  const texts = new Array<string>(rows);
  const textAt = textReader(type);
  for (let row = 0; row < rows; row++) texts[row] = textAt(view, row * stride + offset);
  return texts;
}

type Read = (view: DataView, offset: number) => number | bigint;

const READ: Readonly<Record<ScalarType, Read>> = {
  u8: (view, offset) => view.getUint8(offset),
  u16: (view, offset) => view.getUint16(offset, LITTLE_ENDIAN),
  u32: (view, offset) => view.getUint32(offset, LITTLE_ENDIAN),
  i32: (view, offset) => view.getInt32(offset, LITTLE_ENDIAN),
  u64: (view, offset) => view.getBigUint64(offset, LITTLE_ENDIAN),
  i64: (view, offset) => view.getBigInt64(offset, LITTLE_ENDIAN),
  f64: (view, offset) => view.getFloat64(offset, LITTLE_ENDIAN),
};

/** Whatever the type: no number, and no BigInt, is made. */
function gatherWords(into: NumericColumn, bytes: Uint8Array, stride: number, offset: number): void {
  const to = new Uint32Array(into.buffer);
  const from = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / WORD);
  const step = stride / WORD;
  const perRow = to.length / (from.length / step);
  for (let word = 0, start = offset / WORD; word < to.length; start += step) {
    for (let index = 0; index < perRow; index++) to[word++] = from[start + index] ?? 0;
  }
}

function gather(
  into: NumericColumn,
  type: FieldType,
  view: DataView,
  stride: number,
  offset: number,
): void {
  const read = READ[type.kind === 'scalar' ? type.scalar : 'u32'];
  const perRow = elementsPerRow(type);
  const rows = into.length / perRow;
  let element = 0;
  for (let row = 0; row < rows; row++) {
    const start = row * stride + offset;
    for (let index = 0; index < perRow; index++) {
      into[element++] = read(view, start + index * into.BYTES_PER_ELEMENT);
    }
  }
}

function textReader(type: FieldType): (view: DataView, offset: number) => string {
  if (type.kind === 'address') return (view, offset) => addresses.at(view, offset);
  if (type.kind === 'comm') return (view, offset) => names.at(view, offset);
  if (type.kind !== 'enum') throw mismatch(`${type.kind} has no C form`);
  return (view, offset) => {
    const code = view.getUint8(offset);
    return type.values[code] ?? String(code);
  };
}

function agentColumn(
  type: FieldType,
  given: Column | string | number | bigint,
  rows: number,
): Column {
  if (typeof given === 'object') {
    if (given.length === rows * elementsPerRow(type)) return given;
    throw mismatch(`an agent's column has ${given.length} rows, the records ${rows}`);
  }
  const numbers = numericColumn(type, rows);
  if (numbers === undefined) return new Array<string>(rows).fill(String(given));
  if (numbers instanceof BigUint64Array || numbers instanceof BigInt64Array) {
    return numbers.fill(BigInt(given));
  }
  return numbers.fill(Number(given));
}

const mismatch = (message: string): NetverdictError =>
  new NetverdictError('NV_SCHEMA_MISMATCH', message);
