/** Pod header to underlay header and back, as the monitor's program saw them at the uplinks. */
import { type FlowTuple } from '../common/bpf/flow-key.js';
import type { MapInfo } from '../common/native/index.js';
import { type ColumnBatch, rowsFromBatch, type Value } from '../common/schema/columns.js';
import { decodeRecords } from '../common/schema/decode.js';
import { RecordMap } from './record-map.js';

export { Nat } from './nat.js';

/** One inner direction of a flow under one outer header. */
export type MappingRow = Readonly<Record<string, Value>>;

export interface OuterTuple {
  readonly src: string;
  readonly dst: string;
  readonly src_port: number;
  readonly dst_port: number;
}

export class Mapping {
  readonly #map: RecordMap;

  constructor(
    map: MapInfo,
    private readonly host: string,
  ) {
    this.#map = new RecordMap(map, 'mapping');
  }

  /** Mappings in use since the last sweep. */
  sweep(): ColumnBatch {
    return decodeRecords('mapping', this.#map.used(), { host: this.host });
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
    return rowsFromBatch(decodeRecords('mapping', this.#map.all(), { host: this.host }));
  }
}
