import { type MapInfo, native } from '../native/index.js';

const FIRST_CAPACITY = 256;
/** A bucket of the map must fit whole behind the last entry read. */
const SLACK = 64;

/** One entry of the map, seen in the buffers of the read. */
interface HashEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** Reads all entries of a hash map into two buffers that are used again and again. */
export class HashTable {
  #keys: Uint8Array;
  #values: Uint8Array;

  constructor(private readonly map: MapInfo) {
    const capacity = Math.min(FIRST_CAPACITY, map.maxEntries) + SLACK;
    this.#keys = new Uint8Array(capacity * map.keySize);
    this.#values = new Uint8Array(capacity * map.valueSize);
  }

  /** Views are good until the next read. */
  entries(): HashEntry[] {
    const { keySize, valueSize } = this.map;
    return Array.from({ length: this.#read() }, (_, row) => ({
      key: this.#keys.subarray(row * keySize, (row + 1) * keySize),
      value: this.#values.subarray(row * valueSize, (row + 1) * valueSize),
    }));
  }

  /** False if it was gone already. */
  delete(key: Uint8Array): boolean {
    return native().mapDelete(this.map.fd, key);
  }

  #read(): number {
    const most = this.map.maxEntries + SLACK;
    for (;;) {
      const { count, truncated } = native().mapLookupBatch(this.map.fd, this.#keys, this.#values);
      const capacity = this.#keys.length / this.map.keySize;
      if (!truncated || capacity >= most) return count;
      const larger = Math.min(capacity * 2, most);
      this.#keys = new Uint8Array(larger * this.map.keySize);
      this.#values = new Uint8Array(larger * this.map.valueSize);
    }
  }
}
