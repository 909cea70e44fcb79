import type { MapInfo } from '../common/native/index.js';
import type { ColumnBatch } from '../common/schema/columns.js';
import { decodeRecords } from '../common/schema/decode.js';
import { RecordMap } from './record-map.js';

/** What address translation makes of the flows of pods, as the monitor's program found it in conntrack. */
export class Nat {
  readonly #map: RecordMap;

  constructor(
    map: MapInfo,
    private readonly host: string,
  ) {
    this.#map = new RecordMap(map, 'nat_binding');
  }

  /** Bindings found, or found again, since the last sweep. */
  sweep(): ColumnBatch {
    return decodeRecords('nat_binding', this.#map.used(), { host: this.host });
  }
}
