/**
 * Bounds of an Arrow IPC stream, checked before apache-arrow reads it: its reader trusts every count in the
 * flatbuffers, so that one changed byte would keep it busy for minutes. What lies outside the buffer throws
 * RangeError here.
 */

const CONTINUATION = 0xffff_ffff;
/** Positions of members in the tables of Arrow's Message.fbs and Schema.fbs. */
const MESSAGE = { headerType: 1, header: 2, bodyLength: 3, metadata: 4 };
const SCHEMA = { fields: 1, metadata: 2 };
const FIELD = { children: 5, metadata: 6 };
const DICTIONARY_BATCH = { data: 1 };
const RECORD_BATCH = { length: 0, nodes: 1, buffers: 2 };
const HEADER = { schema: 1, dictionaryBatch: 2, recordBatch: 3 };
/** Bytes of a FieldNode and of a Buffer. */
const PAIR = 16;
const MOST_FIELDS = 1024;
/** A column takes one bit a row or more. */
const ROWS_PER_BYTE = 8;

/** Throws unless every message lies within `bytes` and every count within its message. */
export function checkEnvelope(bytes: Uint8Array): void {
  let at = 0;
  while (at < bytes.byteLength) {
    const prefix = new DataView(bytes.buffer, bytes.byteOffset + at, bytes.byteLength - at);
    if (prefix.getUint32(0, true) !== CONTINUATION)
      throw new RangeError(`no message at byte ${at}`);
    const metadataLength = prefix.getUint32(4, true);
    if (metadataLength === 0) return;
    at += 8;
    const metadata = part(bytes, at, metadataLength);
    at += metadataLength;
    const bodyLength = checkMessage(
      new DataView(metadata.buffer, metadata.byteOffset, metadataLength),
    );
    part(bytes, at, bodyLength);
    at += bodyLength;
  }
}

function part(bytes: Uint8Array, start: number, length: number): Uint8Array {
  if (start + length <= bytes.byteLength) return bytes.subarray(start, start + length);
  throw new RangeError(`cut after ${bytes.byteLength} of ${start + length} bytes`);
}

function checkMessage(view: DataView): number {
  const message = new FlatTable(view, view.getUint32(0, true));
  const bodyLength = Number(message.int64(MESSAGE.bodyLength));
  if (bodyLength < 0) throw new RangeError(`a body of ${bodyLength} bytes`);
  message.vector(MESSAGE.metadata, 4);
  const header = message.table(MESSAGE.header);
  switch (message.uint8(MESSAGE.headerType)) {
    case HEADER.schema:
      header?.vector(SCHEMA.metadata, 4);
      checkFields(header, SCHEMA.fields, { left: MOST_FIELDS });
      break;
    case HEADER.dictionaryBatch:
      checkRecords(header?.table(DICTIONARY_BATCH.data), bodyLength);
      break;
    case HEADER.recordBatch:
      checkRecords(header, bodyLength);
      break;
    default:
      throw new RangeError('an unknown kind of message');
  }
  return bodyLength;
}

/** The budget also ends fields that are their own children. */
function checkFields(
  parent: FlatTable | undefined,
  member: number,
  budget: { left: number },
): void {
  for (const field of parent?.tables(member) ?? []) {
    if (--budget.left < 0) throw new RangeError(`more than ${MOST_FIELDS} fields`);
    field.vector(FIELD.metadata, 4);
    checkFields(field, FIELD.children, budget);
  }
}

function checkRecords(records: FlatTable | undefined, bodyLength: number): void {
  if (records === undefined) throw new RangeError('a message without header');
  const rows = BigInt(bodyLength * ROWS_PER_BYTE);
  const check = (count: bigint): void => {
    if (count < 0n || count > rows) throw new RangeError(`${count} rows in ${bodyLength} bytes`);
  };
  check(records.int64(RECORD_BATCH.length));
  const nodes = records.vector(RECORD_BATCH.nodes, PAIR);
  for (let node = 0; node < nodes.length; node++) {
    check(records.view.getBigInt64(nodes.start + PAIR * node, true));
  }
  records.vector(RECORD_BATCH.buffers, PAIR);
}

/** A flatbuffers table, read within its view. */
class FlatTable {
  readonly #vtable: number;

  constructor(
    readonly view: DataView,
    private readonly start: number,
  ) {
    this.#vtable = start - view.getInt32(start, true);
  }

  uint8(member: number): number {
    const at = this.#member(member);
    return at === undefined ? 0 : this.view.getUint8(at);
  }

  int64(member: number): bigint {
    const at = this.#member(member);
    return at === undefined ? 0n : this.view.getBigInt64(at, true);
  }

  table(member: number): FlatTable | undefined {
    const at = this.#member(member);
    return at === undefined ? undefined : this.#tableAt(at);
  }

  vector(member: number, elementBytes: number): { start: number; length: number } {
    const at = this.#member(member);
    if (at === undefined) return { start: 0, length: 0 };
    const counted = at + this.view.getUint32(at, true);
    const length = this.view.getUint32(counted, true);
    const start = counted + 4;
    if (start + length * elementBytes > this.view.byteLength) {
      throw new RangeError(`${length} elements do not fit in their message`);
    }
    return { start, length };
  }

  *tables(member: number): Generator<FlatTable> {
    const { start, length } = this.vector(member, 4);
    for (let index = 0; index < length; index++) yield this.#tableAt(start + 4 * index);
  }

  #tableAt(at: number): FlatTable {
    return new FlatTable(this.view, at + this.view.getUint32(at, true));
  }

  /** Where the member lies, if the table has it. */
  #member(member: number): number | undefined {
    const slot = 4 + 2 * member;
    if (slot >= this.view.getUint16(this.#vtable, true)) return undefined;
    const offset = this.view.getUint16(this.#vtable + slot, true);
    return offset === 0 ? undefined : this.start + offset;
  }
}
