import { readFileSync } from 'node:fs';
import { type Fd, native } from '../common/native/index.js';

export interface Loss {
  readonly place: string;
  readonly reason: string;
  readonly records: number;
}

/** Index in `nv_losses` (enum nv_loss, ring.h) of every place where the monitor can lose something. */
const PLACES: readonly (readonly [number, string])[] = [
  [4, 'ring alerts'],
  [5, 'ring samples'],
  [6, 'ring tap_events'],
  [7, 'map nv_flows'],
  [8, 'map nv_mappings'],
];

/** What the monitor's program had to give up, as counted there. */
export class Losses {
  readonly #before = new Map<number, number>();
  readonly #cpus = possibleCpus();

  constructor(private readonly map: Fd) {}

  /** Growth since the last call. */
  take(): Loss[] {
    return PLACES.flatMap(([index, place]) => {
      const total = this.#total(index);
      const records = total - (this.#before.get(index) ?? 0);
      this.#before.set(index, total);
      return records > 0 ? [{ place, reason: 'full', records }] : [];
    });
  }

  #total(index: number): number {
    const key = new Uint8Array(Uint32Array.of(index).buffer);
    const bytes = native().mapLookup(this.map, key, 8 * this.#cpus);
    if (bytes === undefined) return 0;
    const counts = new BigUint64Array(bytes.slice().buffer);
    return Number(counts.reduce((sum, count) => sum + count, 0n));
  }
}

/** A per-CPU map has a value for each CPU that could ever be there. */
function possibleCpus(): number {
  const ranges = readFileSync('/sys/devices/system/cpu/possible', 'utf8').trim().split(',');
  const last = ranges.at(-1)?.split('-').at(-1) ?? '0';
  return Number(last) + 1;
}
