import { type CodedBatch, rowsFromBatch } from '../../primitives/common/schema/columns.js';
import type { LostRecords } from '../incidents/incident.js';

/** What the agents say that they lost since the start, by place, probe and processor. */
export class LossAccount {
  readonly #lost = new Map<string, LostRecords>();

  take(batch: CodedBatch, host: string): void {
    for (const row of rowsFromBatch(batch) as unknown as LostRecords[]) {
      const { place, reason, probe, cpu } = row;
      const where = { host, place, reason, probe, cpu };
      const key = JSON.stringify(where);
      const records = Number(row.records) + (this.#lost.get(key)?.records ?? 0);
      // A gap in the coverage is named with none.
      if (records > 0) this.#lost.set(key, { ...where, records });
    }
  }

  list(): LostRecords[] {
    return [...this.#lost.values()];
  }
}
