import { HashTable, perCpuSum } from '../../common/loader/index.js';
import type { Fd, MapInfo } from '../../common/native/index.js';
import { LAYOUTS } from '../../common/schema/gen/layout.js';
import { DNS_STATES } from '../../common/schema/streams.js';
import { RecordBuffer } from '../record-buffer.js';
import type { Taps } from '../taps.js';
import type { DnsLayout } from './records.js';

const SECOND_NS = 1_000_000_000n;
/** Resolvers ask again after 1, 2 or 5 s: a query that has waited a second has cost somebody a second. */
const UNANSWERED_NS = SECOND_NS;
/** Longer than any resolver waits (resolv.conf: 5 s, twice). */
const KEEP_NS = 15n * SECOND_NS;
/** Index in `nv_dns_counts`. */
const [BEGUN, ENDED] = [0, 1];

const FIELDS = LAYOUTS.dns_exchange.fields;
const UNANSWERED = DNS_STATES.indexOf('unanswered');

export interface Waiting {
  /** Raw records of all queries that wait. */
  readonly all: Uint8Array;
  /** Of those unanswered for a second, each once. */
  readonly unanswered: Uint8Array;
  /** Queries that the kernel gave up for newer ones since the last sweep. */
  readonly evicted: number;
}

/** The map of queries without an answer. */
export class PendingQueries {
  readonly #table: HashTable;
  /** Told as unanswered: key and time of the query. */
  #told = new Set<string>();
  #removed = 0;
  #evicted = 0;

  constructor(
    map: MapInfo,
    private readonly counts: Fd,
    private readonly taps: Pick<Taps, 'identity'>,
    private readonly layout: DnsLayout,
  ) {
    this.#table = new HashTable(map);
  }

  /** What waited at a tap that is gone is forgotten. */
  sweep(nowNs: bigint): Waiting {
    // What begins or ends during the sweep must not look like an eviction: the first count before, the second after.
    const begun = perCpuSum(this.counts, BEGUN);
    const entries = this.#table.entries();
    const ended = perCpuSum(this.counts, ENDED);
    const evicted = Number(begun - ended) - this.#removed - entries.length;
    const all = new RecordBuffer(this.layout.bytes);
    const unanswered = new RecordBuffer(this.layout.bytes);
    const told = new Set<string>();
    for (const { key, value } of entries) {
      const view = viewOf(value);
      if (this.taps.identity(view.getUint32(FIELDS.ifindex.offset, true)) === undefined) {
        this.#remove(key);
        continue;
      }
      const queryNs = view.getBigUint64(FIELDS.query_ns.offset, true);
      const name = `${Buffer.from(key).toString('latin1')}${queryNs}`;
      all.push(value);
      if (nowNs - queryNs >= UNANSWERED_NS) {
        if (!this.#told.has(name)) markUnanswered(unanswered.push(value), nowNs - queryNs);
        told.add(name);
      }
      if (nowNs - view.getBigUint64(this.layout.lastQueryOffset, true) > KEEP_NS) this.#remove(key);
    }
    this.#told = told;
    return { all: all.bytes, unanswered: unanswered.bytes, evicted: this.#growth(evicted) };
  }

  #remove(key: Uint8Array): void {
    if (this.#table.delete(key)) this.#removed++;
  }

  #growth(evicted: number): number {
    const growth = Math.max(0, evicted - this.#evicted);
    this.#evicted += growth;
    return growth;
  }
}

function markUnanswered(record: Uint8Array, waitNs: bigint): void {
  viewOf(record).setUint8(FIELDS.state.offset, UNANSWERED);
  viewOf(record).setBigUint64(FIELDS.wait_ns.offset, waitNs, true);
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
