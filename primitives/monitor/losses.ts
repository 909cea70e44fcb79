import { perCpuSum } from '../common/loader/index.js';
import type { Fd } from '../common/native/index.js';

export interface Loss {
  readonly place: string;
  readonly reason: string;
  readonly records: number;
}

/** Index in `nv_losses` (enum nv_loss, ring.h) of every place where the monitor can lose something. */
const PLACES: readonly (readonly [index: number, place: string, reason: string])[] = [
  [4, 'ring alerts', 'full'],
  [5, 'ring samples', 'full'],
  [6, 'ring tap_events', 'full'],
  [7, 'map nv_flows', 'full'],
  [8, 'map nv_mappings', 'full'],
  [9, 'map nv_flows', 'evicted'],
  [10, 'ring dns_exchanges', 'full'],
  [11, 'ring dns_exchanges', 'budget'],
  [12, 'map nv_dns_pending', 'full'],
  [13, 'map nv_quic', 'full'],
];

/** What the monitor's program had to give up, as counted there. */
export class Losses {
  readonly #before = new Map<number, number>();

  constructor(private readonly map: Fd) {}

  /** Growth since the last call. */
  take(): Loss[] {
    return PLACES.flatMap(([index, place, reason]) => {
      const total = Number(perCpuSum(this.map, index));
      const records = total - (this.#before.get(index) ?? 0);
      this.#before.set(index, total);
      return records > 0 ? [{ place, reason, records }] : [];
    });
  }
}
