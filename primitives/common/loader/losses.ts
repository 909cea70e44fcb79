import type { Fd } from '../native/index.js';
import { perCpu } from './per-cpu.js';

/** Of the stream loss_account. */
export interface Loss {
  readonly place: string;
  readonly reason: string;
  /** The probe whose records they were; empty where it is not one. */
  readonly probe: string;
  readonly cpu: number;
  readonly records: number;
}

/** Where no program lost them. */
export const OF_NO_PROBE = { probe: '', cpu: -1 } as const;

/** Index in `nv_losses` (enum nv_loss, ring.h) of a place where something can be lost. */
export type LossPlace = readonly [index: number, place: string, reason: string, probe?: string];

/** What programs had to give up, as they counted it there: by place and CPU. */
export class LossCounters {
  readonly #before = new Map<number, readonly bigint[]>();

  constructor(
    private readonly map: Fd,
    private readonly places: readonly LossPlace[],
  ) {}

  /** Growth since the last call. */
  take(): Loss[] {
    return this.places.flatMap(([index, place, reason, probe = '']) => {
      const before = this.#before.get(index);
      const now = perCpu(this.map, index);
      this.#before.set(index, now);
      return now.flatMap((total, cpu) => {
        const records = Number(total - (before?.[cpu] ?? 0n));
        return records > 0 ? [{ place, reason, probe, cpu, records }] : [];
      });
    });
  }
}
