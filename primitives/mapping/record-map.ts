import { type MapInfo, native } from '../common/native/index.js';
import { recordSize } from '../common/schema/decode.js';
import { LAYOUTS } from '../common/schema/gen/layout.js';

const FIRST_CAPACITY = 512;
/** A bucket of the map must fit whole behind the last entry read. */
const SLACK = 64;

/** An LRU map whose values are the C records of a stream that says when each was last seen. */
export class RecordMap {
  readonly #bytes: number;
  readonly #lastSeen: number;
  #keys: Uint8Array;
  #values: Uint8Array;
  /** Newest `last_seen_ns` that `used` has answered, and the records of that tick of the coarse clock. */
  #answeredNs = 0n;
  readonly #answered = new Set<string>();

  constructor(
    private readonly map: MapInfo,
    stream: 'mapping' | 'nat_binding',
  ) {
    this.#bytes = recordSize(stream);
    this.#lastSeen = LAYOUTS[stream].fields.last_seen_ns.offset;
    const capacity = Math.min(FIRST_CAPACITY, map.maxEntries) + SLACK;
    this.#keys = new Uint8Array(capacity * map.keySize);
    this.#values = new Uint8Array(capacity * this.#bytes);
  }

  /** Records seen since the last call, one after the other. */
  used(): Uint8Array {
    const { buffer, byteOffset, length } = this.all();
    const records = Buffer.from(buffer, byteOffset, length);
    const used: Buffer[] = [];
    for (let at = 0; at < length; at += this.#bytes) {
      const seen = records.readBigUInt64LE(at + this.#lastSeen);
      if (seen < this.#answeredNs) continue;
      const record = records.subarray(at, at + this.#bytes);
      if (seen > this.#answeredNs || !this.#answered.has(textOf(record))) used.push(record);
    }
    for (const record of used) this.#remember(record);
    return Buffer.concat(used);
  }

  /** More may yet come in the newest tick. */
  #remember(record: Buffer): void {
    const seen = record.readBigUInt64LE(this.#lastSeen);
    if (seen > this.#answeredNs) {
      this.#answered.clear();
      this.#answeredNs = seen;
    }
    if (seen === this.#answeredNs) this.#answered.add(textOf(record));
  }

  /** Good until the next call. */
  all(): Uint8Array {
    for (;;) {
      const { count, truncated } = native().mapLookupBatch(this.map.fd, this.#keys, this.#values);
      const capacity = this.#keys.length / this.map.keySize;
      if (!truncated || capacity >= this.map.maxEntries + SLACK) {
        return this.#values.subarray(0, count * this.#bytes);
      }
      const larger = Math.min(capacity * 2, this.map.maxEntries + SLACK);
      this.#keys = new Uint8Array(larger * this.map.keySize);
      this.#values = new Uint8Array(larger * this.#bytes);
    }
  }
}

const textOf = (record: Buffer): string => record.toString('latin1');
