/** Taps that do not see all of their device's traffic, or behind somebody else's program, by the newest word of their agents. */
import { type CodedBatch, rowsFromBatch } from '../../primitives/common/schema/columns.js';

export interface BlindTap {
  readonly host: string;
  readonly ifname: string;
  readonly tap_role: string;
  readonly pod: string;
  readonly hook: string;
  /** See the stream `tap_coverage`. */
  readonly state: string;
  /** Programs that run before the tap. */
  readonly ahead: string;
  /** Of the device's bytes, at least; 0 if nothing is known to be missing. */
  readonly missing_share: number;
}

/** Agents repeat themselves every ten seconds while it lasts. */
const FORGET_AFTER_NS = 30_000_000_000n;

export class BlindTaps {
  readonly #newest = new Map<string, { readonly tap: BlindTap; readonly atNs: bigint }>();

  /** Rows of `tap_coverage` of one host. */
  take(batch: CodedBatch, host: string, atNs: bigint): void {
    for (const row of rowsFromBatch(batch)) {
      const text = (name: string): string => row[name] as string;
      const tap: BlindTap = {
        host,
        ifname: text('ifname'),
        tap_role: text('tap_role'),
        pod: text('pod'),
        hook: text('hook'),
        state: text('state'),
        ahead: text('ahead'),
        missing_share: Number(row['missing_bytes']) / Math.max(1, Number(row['device_bytes'])),
      };
      this.#newest.set(`${host} ${tap.ifname} ${tap.hook}`, { tap, atNs });
    }
  }

  list(nowNs: bigint): BlindTap[] {
    for (const [key, { atNs }] of this.#newest)
      if (nowNs - atNs > FORGET_AFTER_NS) this.#newest.delete(key);
    return [...this.#newest.values()].map(({ tap }) => tap);
  }
}
