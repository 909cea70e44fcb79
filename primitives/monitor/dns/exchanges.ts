/** DNS: what ended since the last sweep, what waits too long, and the alerts that follow from both. */
import { type BpfObject, EventRing } from '../../common/loader/index.js';
import { type ColumnBatch, joinBatches, type Row } from '../../common/schema/columns.js';
import type { Taps } from '../taps.js';
import { PendingQueries } from './pending.js';
import { type DnsLayout, exchangeBatch, lastQueries } from './records.js';
import { DnsTrouble } from './trouble.js';

export interface DnsSweep {
  readonly exchanges: readonly ColumnBatch[];
  readonly alerts: readonly Row[];
  /** Waiting queries that the kernel gave up for newer ones. */
  readonly evicted: number;
}

export class DnsExchanges {
  readonly #ring: EventRing;
  readonly #pending: PendingQueries;
  readonly #trouble: DnsTrouble;

  /** `object` is loaded. */
  constructor(
    object: BpfObject,
    private readonly layout: DnsLayout,
    taps: Pick<Taps, 'identity'>,
    private readonly host: string,
  ) {
    const counts = object.map('nv_dns_counts').fd;
    this.#ring = new EventRing(object.map('dns_exchanges').fd);
    this.#pending = new PendingQueries(object.map('nv_dns_pending'), counts, taps, layout);
    this.#trouble = new DnsTrouble(host);
  }

  sweep(nowNs: bigint): DnsSweep {
    // The map first: an exchange that ends meanwhile is told by the ring, and not as waiting by both.
    const { all, unanswered, evicted } = this.#pending.sweep(nowNs);
    const ended = this.#batch(this.#ring.drainAll());
    const waiting = this.#batch(all);
    return {
      exchanges: joinBatches([ended, this.#batch(unanswered)]),
      alerts: this.#trouble.find(ended, waiting, lastQueries(all, this.layout), nowNs),
      evicted,
    };
  }

  close(): void {
    this.#ring.close();
  }

  #batch(raw: Uint8Array): ColumnBatch {
    return exchangeBatch(raw, this.layout, this.host);
  }
}
