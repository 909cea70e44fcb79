/**
 * Reads what `toArrow` wrote. All of its heads are known but for the lengths in them: a stream that has these heads byte
 * for byte needs no other check of its schema, and its columns are taken where they lie.
 */
import { END_OF_STREAM, padded, type Sizes, writeHeader } from './arrow-message.js';
import { type MessageTemplate, templateOf } from './arrow-template.js';
import {
  arrayOf,
  type CodedBatch,
  type CodedTexts,
  elementsPerRow,
  fieldsOf,
  type NumericColumn,
} from './columns.js';
import type { FieldType } from './fields.js';
import type { StreamName } from './streams.js';

const ALIGNMENT = 8;
const CODE_BYTES = Int32Array.BYTES_PER_ELEMENT;
/** Of a dictionary's message: what is null, where each text ends, the texts. */
const TEXTS_BUFFER = 2;
const PAIR = 16;

/** `undefined`: somebody else wrote it, or it is damaged. */
export function decodeOwn(stream: StreamName, bytes: Uint8Array): CodedBatch | undefined {
  const { schema, dictionaries, records } = templateOf(stream);
  const reader = new Reader(bytes.byteOffset % ALIGNMENT === 0 ? bytes : bytes.slice());
  if (!reader.takes(schema)) return undefined;
  const fields = Object.entries(fieldsOf(stream));
  const texts = new Map<number, readonly string[]>();
  for (let position = 0; position < fields.length; position++) {
    const template = dictionaries.get(position);
    if (template === undefined) continue;
    const found = reader.dictionary(template);
    if (found === undefined) return undefined;
    texts.set(position, found);
  }
  const types = fields.map(([, { type }]) => type);
  const columns = reader.records(records, types, texts);
  if (columns === undefined || !reader.takes(END_OF_STREAM) || !reader.isAtEnd) return undefined;
  const named = fields.map(([name], position) => [name, columns.values[position]]);
  return { stream, length: columns.rows, columns: Object.fromEntries(named) as Columns };
}

type Columns = CodedBatch['columns'];

/** From message to message; false and undefined where there is another than was asked for. */
class Reader {
  #at = 0;
  readonly #bytes: Buffer;
  readonly #view: DataView;

  constructor({ buffer, byteOffset, byteLength }: Uint8Array) {
    this.#bytes = Buffer.from(buffer, byteOffset, byteLength);
    this.#view = new DataView(buffer, byteOffset, byteLength);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  takes(expected: Uint8Array): boolean {
    const end = this.#at + expected.length;
    if (end > this.#bytes.length) return false;
    if (this.#bytes.compare(expected, 0, expected.length, this.#at, end) !== 0) return false;
    this.#at = end;
    return true;
  }

  dictionary(template: MessageTemplate): string[] | undefined {
    const length = this.#number(template.length);
    const textBytes = this.#number(template.buffers + PAIR * TEXTS_BUFFER + 8);
    if (length === undefined || textBytes === undefined) return undefined;
    const sizes = [0, CODE_BYTES * (length + 1), textBytes];
    const body = this.#head(template, { length, nodes: [length], sizes });
    if (body === undefined) return undefined;
    const ends = new Int32Array(this.#bytes.buffer, this.#bytes.byteOffset + body, length + 1);
    return textsOf(this.#bytes, ends, body + padded(sizes[1] ?? 0), textBytes);
  }

  records(
    template: MessageTemplate,
    types: readonly FieldType[],
    texts: ReadonlyMap<number, readonly string[]>,
  ): { rows: number; values: (NumericColumn | CodedTexts)[] } | undefined {
    const rows = this.#number(template.length);
    if (rows === undefined) return undefined;
    let at = this.#head(template, sizesOf(types, rows));
    if (at === undefined) return undefined;
    const values: (NumericColumn | CodedTexts)[] = [];
    for (let position = 0; position < types.length; position++) {
      const type = types[position] as FieldType;
      const known = texts.get(position);
      const Elements = arrayOf(type) ?? Int32Array;
      const elements = rows * elementsPerRow(type);
      const column = new Elements(
        this.#bytes.buffer as ArrayBuffer,
        this.#bytes.byteOffset + at,
        elements,
      );
      at += padded(column.byteLength);
      if (known && !areBelow(column as Int32Array, known.length)) return undefined;
      values.push(known ? { codes: column as Int32Array, texts: known } : column);
    }
    return { rows, values };
  }

  /** A 64-bit number of the message's head; none that could not be a length here. */
  #number(place: number): number | undefined {
    const at = this.#at + place;
    if (at + 8 > this.#bytes.length || this.#view.getUint32(at + 4, true) !== 0) return undefined;
    const number = this.#view.getUint32(at, true);
    return number <= this.#bytes.length ? number : undefined;
  }

  /** Takes the message if its head is as expected; answers where its body begins. */
  #head(template: MessageTemplate, sizes: Sizes): number | undefined {
    const head = headOf(template.bytes.length);
    const bodyLength = writeHeader(template, sizes, head, 0);
    if (!this.takes(head)) return undefined;
    const body = this.#at;
    this.#at += bodyLength;
    return this.#at <= this.#bytes.length && body % ALIGNMENT === 0 ? body : undefined;
  }
}

let scratch = new Uint8Array(0);

function headOf(length: number): Uint8Array {
  if (scratch.length < length) scratch = new Uint8Array(2 * length);
  return scratch.subarray(0, length);
}

function sizesOf(types: readonly FieldType[], rows: number): Sizes {
  const nodes: number[] = [];
  const sizes: number[] = [];
  for (const type of types) {
    const elements = rows * elementsPerRow(type);
    nodes.push(rows);
    if (type.kind === 'histogram') {
      nodes.push(elements);
      sizes.push(0);
    }
    sizes.push(0, elements * (arrayOf(type)?.BYTES_PER_ELEMENT ?? CODE_BYTES));
  }
  return { length: rows, nodes, sizes };
}

/** All of them in one string first: most are of one byte a letter, and then its parts need no further look. */
function textsOf(
  bytes: Buffer,
  ends: Int32Array,
  from: number,
  room: number,
): string[] | undefined {
  const total = ends[ends.length - 1] ?? 0;
  if (ends[0] !== 0 || total > room) return undefined;
  const whole = bytes.toString('utf8', from, from + total);
  const isPlain = whole.length === total;
  const texts: string[] = [];
  for (let index = 1; index < ends.length; index++) {
    const [begin, end] = [ends[index - 1] ?? 0, ends[index] ?? 0];
    if (end < begin) return undefined;
    texts.push(
      isPlain ? whole.slice(begin, end) : bytes.toString('utf8', from + begin, from + end),
    );
  }
  return texts;
}

function areBelow(codes: Int32Array, limit: number): boolean {
  for (let row = 0; row < codes.length; row++) if ((codes[row] ?? 0) >>> 0 >= limit) return false;
  return true;
}
