import type { BpfObject } from '../common/loader/index.js';
import { type MapInfo, native } from '../common/native/index.js';
import type { FlowRecord, RecordParts } from './flow-record.js';
import type { FlowTable } from './flow-table.js';
import { KEY_BYTES, type MonitorLayout } from './layout.js';

const FIRST_CAPACITY = 512;
/** A bucket of the map must fit whole behind the last entry read. */
const SLACK = 64;
/** Of last_seen_ns in `struct nv_sender`. */
const LAST_SEEN = 16;

/** The kernel's LRU hash (flow_lru.h), read whole in batches. */
export class LruTable implements FlowTable {
  readonly capacity: number;
  readonly #map: MapInfo;
  readonly #detailsOffset: number;
  #keys: Uint8Array;
  #values: Uint8Array;
  #parts: RecordParts;
  #nowNs = native().monotonicNs();
  /** Row in the buffers of each place, and place of each key. */
  #rows = new Map<number, number>();
  #places = new Map<string, number>();

  constructor(
    object: BpfObject,
    private readonly layout: MonitorLayout,
  ) {
    this.#map = object.map('nv_flows');
    this.#detailsOffset = Number(object.variable('nv_lru_details_offset'));
    this.capacity = this.#map.maxEntries + SLACK;
    const rows = Math.min(FIRST_CAPACITY, this.#map.maxEntries) + SLACK;
    this.#keys = new Uint8Array(rows * KEY_BYTES);
    this.#values = new Uint8Array(rows * this.#map.valueSize);
    this.#parts = partsOf(this.#values);
  }

  beginScan(): void {
    const count = this.#read();
    const places = new Map<string, number>();
    const rows = new Map<number, number>();
    const names = Array.from({ length: count }, (_, row) => this.#nameOf(row));
    const kept = new Set(names.map((name) => this.#places.get(name)));
    let next = 0;
    const free = (): number => {
      while (kept.has(next)) next++;
      return next++;
    };
    names.forEach((name, row) => {
      const place = this.#places.get(name) ?? free();
      places.set(name, place);
      rows.set(place, row);
    });
    this.#places = places;
    this.#rows = rows;
    this.#nowNs = native().monotonicNs();
  }

  scan(
    from: number,
    to: number,
    visit: (place: number, used: boolean, idleNs: number) => void,
  ): void {
    for (let place = from; place < to; place++) {
      const row = this.#rows.get(place);
      if (row !== undefined) visit(place, true, Number(this.#nowNs - this.#lastSeen(row)));
    }
  }

  read(place: number, into: FlowRecord): boolean {
    const row = this.#rows.get(place);
    if (row === undefined) return false;
    const at = (row * this.#map.valueSize) / 4;
    return into.read(this.#parts, at, at + this.#detailsOffset / 4, this.#nowNs);
  }

  remove(place: number): boolean {
    const row = this.#rows.get(place);
    if (row === undefined) return true;
    native().mapDelete(this.#map.fd, this.#keys.subarray(row * KEY_BYTES, (row + 1) * KEY_BYTES));
    return true;
  }

  close(): void {
    this.#rows.clear();
  }

  #nameOf(row: number): string {
    return Buffer.from(this.#keys.buffer, row * KEY_BYTES, KEY_BYTES).toString('latin1');
  }

  #lastSeen(row: number): bigint {
    const { sendersOffset, senderBytes } = this.layout;
    const view = new DataView(this.#values.buffer, row * this.#map.valueSize + sendersOffset);
    const of = (direction: number): bigint =>
      view.getBigUint64(direction * senderBytes + LAST_SEEN, true);
    return of(0) > of(1) ? of(0) : of(1);
  }

  #read(): number {
    for (;;) {
      const { count, truncated } = native().mapLookupBatch(this.#map.fd, this.#keys, this.#values);
      const capacity = this.#keys.length / KEY_BYTES;
      if (!truncated || capacity >= this.capacity) return count;
      const larger = Math.min(capacity * 2, this.capacity);
      this.#keys = new Uint8Array(larger * KEY_BYTES);
      this.#values = new Uint8Array(larger * this.#map.valueSize);
      this.#parts = partsOf(this.#values);
    }
  }
}

function partsOf(values: Uint8Array): RecordParts {
  const words = new Uint32Array(values.buffer);
  return { flows: words, details: words };
}
