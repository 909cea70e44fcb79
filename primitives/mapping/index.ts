/** Pod header to underlay header and back, as the monitor's program saw them at the uplinks. */
import { type FlowTuple } from '../common/bpf/flow-key.js';
import { type MapInfo, native } from '../common/native/index.js';
import { type ColumnBatch, rowsFromBatch, type Value } from '../common/schema/columns.js';
import { decodeRecords, recordSize } from '../common/schema/decode.js';
import { LAYOUTS } from '../common/schema/gen/layout.js';

/** One inner direction of a flow under one outer header. */
export type MappingRow = Readonly<Record<string, Value>>;

export interface OuterTuple {
  readonly src: string;
  readonly dst: string;
  readonly src_port: number;
  readonly dst_port: number;
}

const FIRST_CAPACITY = 512;
const SLACK = 64;
const RECORD_BYTES = recordSize('mapping');
const LAST_SEEN = LAYOUTS.mapping.fields.last_seen_ns.offset;

export class Mapping {
  #keys: Uint8Array;
  #values: Uint8Array;
  /** Newest `last_seen_ns` that a sweep has answered. */
  #sweptNs = 0n;

  constructor(
    private readonly map: MapInfo,
    private readonly host: string,
  ) {
    const capacity = Math.min(FIRST_CAPACITY, map.maxEntries) + SLACK;
    this.#keys = new Uint8Array(capacity * map.keySize);
    this.#values = new Uint8Array(capacity * RECORD_BYTES);
  }

  /** Mappings in use since the last sweep. */
  sweep(): ColumnBatch {
    const records = this.#read();
    const used: Uint8Array[] = [];
    let newest = this.#sweptNs;
    for (let at = 0; at < records.length; at += RECORD_BYTES) {
      const record = records.subarray(at, at + RECORD_BYTES);
      const seen = new DataView(record.buffer, record.byteOffset).getBigUint64(LAST_SEEN, true);
      if (seen > this.#sweptNs) used.push(record);
      if (seen > newest) newest = seen;
    }
    this.#sweptNs = newest;
    return decodeRecords('mapping', Buffer.concat(used), { host: this.host });
  }

  /** Outer headers of the flow, of both directions. */
  lookupInner(flow: FlowTuple): MappingRow[] {
    const is = (row: MappingRow, forward: boolean): boolean =>
      row['src'] === (forward ? flow.src : flow.dst) &&
      row['dst'] === (forward ? flow.dst : flow.src) &&
      row['src_port'] === (forward ? flow.src_port : flow.dst_port) &&
      row['dst_port'] === (forward ? flow.dst_port : flow.src_port);
    return this.#rows().filter(
      (row) => row['protocol'] === flow.protocol && (is(row, true) || is(row, false)),
    );
  }

  /** Inner flows that an outer header carries. */
  lookupOuter(outer: OuterTuple): MappingRow[] {
    return this.#rows().filter(
      (row) =>
        row['outer_src'] === outer.src &&
        row['outer_dst'] === outer.dst &&
        row['outer_src_port'] === outer.src_port &&
        row['outer_dst_port'] === outer.dst_port,
    );
  }

  #rows(): MappingRow[] {
    return rowsFromBatch(decodeRecords('mapping', this.#read(), { host: this.host }));
  }

  #read(): Uint8Array {
    for (;;) {
      const { count, truncated } = native().mapLookupBatch(this.map.fd, this.#keys, this.#values);
      const capacity = this.#keys.length / this.map.keySize;
      if (!truncated || capacity >= this.map.maxEntries + SLACK) {
        return this.#values.subarray(0, count * RECORD_BYTES);
      }
      const larger = Math.min(capacity * 2, this.map.maxEntries + SLACK);
      this.#keys = new Uint8Array(larger * this.map.keySize);
      this.#values = new Uint8Array(larger * RECORD_BYTES);
    }
  }
}
