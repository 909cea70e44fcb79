import { type MapInfo, native } from '../common/native/index.js';
import { KEY_BYTES } from './layout.js';

const FIRST_CAPACITY = 512;
/** A bucket of the map must fit whole behind the last entry read. */
const SLACK = 64;

/** One entry of the map, seen in the buffers of the sweep. */
export interface Entry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** Reads all entries of a map into two buffers that are used again and again. */
export class FlowTable {
  #keys: Uint8Array;
  #values: Uint8Array;

  constructor(private readonly map: MapInfo) {
    const capacity = Math.min(FIRST_CAPACITY, map.maxEntries) + SLACK;
    this.#keys = new Uint8Array(capacity * KEY_BYTES);
    this.#values = new Uint8Array(capacity * map.valueSize);
  }

  /** Views are good until the next read. */
  *entries(): Generator<Entry> {
    const { valueSize } = this.map;
    const count = this.#read();
    for (let row = 0; row < count; row++) {
      yield {
        key: this.#keys.subarray(row * KEY_BYTES, (row + 1) * KEY_BYTES),
        value: this.#values.subarray(row * valueSize, (row + 1) * valueSize),
      };
    }
  }

  delete(key: Uint8Array): void {
    native().mapDelete(this.map.fd, key);
  }

  #read(): number {
    for (;;) {
      const { count, truncated } = native().mapLookupBatch(this.map.fd, this.#keys, this.#values);
      const capacity = this.#keys.length / KEY_BYTES;
      if (!truncated || capacity >= this.map.maxEntries + SLACK) return count;
      const larger = Math.min(capacity * 2, this.map.maxEntries + SLACK);
      this.#keys = new Uint8Array(larger * KEY_BYTES);
      this.#values = new Uint8Array(larger * this.map.valueSize);
    }
  }
}
