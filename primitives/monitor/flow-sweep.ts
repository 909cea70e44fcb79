import type { ColumnBatch } from '../common/schema/columns.js';
import { decodeRecords } from '../common/schema/decode.js';
import { LAYOUTS } from '../common/schema/gen/layout.js';
import { FlowColumns } from './flow-columns.js';
import { FlowRecord } from './flow-record.js';
import type { FlowTable } from './flow-table.js';
import { growthOf } from './growth.js';
import { COUNTER_BYTES, type MonitorLayout } from './layout.js';
import { RecordBuffer } from './record-buffer.js';
import { type Shadow, Shadows } from './shadows.js';
import type { TapIdentity, Taps } from './taps.js';

const TCP = 6;
const SECOND_NS = 1e9;
/** How long the table keeps a flow that says nothing: one that is closed, of TCP, any other. */
const KEEP_NS = [10 * SECOND_NS, 600 * SECOND_NS, 60 * SECOND_NS] as const;
const CLOSED = 0;
const OPEN_TCP = 1;
const OTHER = 2;
/** What is remembered of a place, in a byte: index of KEEP_NS, and bits. */
const KEEP = 3;
const KNOWN = 4;
/** Something is awaited of it: a row although nothing moves. */
const PENDING = 8;
const SEEN = 16;

const BATCH_ROWS = 4096;
/** Sweeps between two searches for flows that are no longer kept. */
const FORGET_EVERY = 20;

const word = (field: keyof typeof LAYOUTS.flow_interval.fields): number =>
  LAYOUTS.flow_interval.fields[field].offset / 4;
const FIRST_SEEN = word('first_seen_ns');
const OUTSTANDING = word('outstanding_since_ns');
const REQUESTED = word('request_since_ns');
const RESPONSE_MEAN = word('response_mean_us');
const FINS = word('fins');
const RESETS = word('resets');

/** Turns the table of flows into what changed since the last sweep. */
export class FlowSweeper {
  readonly #record: FlowRecord;
  readonly #shadows = new Shadows();
  readonly #places: Uint8Array;
  #lastNs: bigint;
  #sweeps = 0;

  constructor(
    private readonly table: FlowTable,
    private readonly taps: Taps,
    layout: MonitorLayout,
    private readonly host: string,
    startNs: bigint,
  ) {
    this.#record = new FlowRecord(layout);
    this.#places = new Uint8Array(table.capacity);
    this.#lastNs = startNs;
  }

  /** Batches of flow_interval; whoever takes them may do something else in between. */
  *sweep(nowNs: bigint): Generator<ColumnBatch> {
    const { changed, over } = this.#scan();
    let rows = new Rows(this.#lastNs, nowNs);
    this.#lastNs = nowNs;
    for (const place of changed) {
      this.#take(place, rows);
      if (rows.length < BATCH_ROWS) continue;
      yield rows.batch(this.host);
      rows = new Rows(rows.startNs, nowNs);
    }
    for (const place of over) this.#remove(place);
    this.taps.forgetDetached();
    if (++this.#sweeps % FORGET_EVERY === 0) this.#forgetVanished();
    yield rows.batch(this.host);
  }

  /** Places to read, and those of flows that have been silent for too long. */
  #scan(): { changed: number[]; over: number[] } {
    const changed: number[] = [];
    const over: number[] = [];
    const places = this.#places;
    const all = this.taps.anyDetached;
    this.table.scan((place, used, idleNs) => {
      const known = places[place] ?? 0;
      places[place] = known | SEEN;
      if (used || all || (known & KNOWN) === 0 || (known & PENDING) !== 0) changed.push(place);
      if ((known & KNOWN) !== 0 && idleNs > (KEEP_NS[known & KEEP] ?? 0)) over.push(place);
    });
    return { changed, over };
  }

  #take(place: number, rows: Rows): void {
    const record = this.#record;
    if (!this.table.read(place, record)) return;
    const tap = this.taps.identity(record.tap);
    if (tap === undefined) {
      this.#remove(place);
      return;
    }
    const shadow = this.#shadowOf(place);
    const pending = [0, 1].filter((direction) => rows.add(tap, record, shadow, direction));
    this.#places[place] = KNOWN | SEEN | keepOf(record) | (pending.length > 0 ? PENDING : 0);
    if (this.taps.isDetached(record.tap)) this.#remove(place);
  }

  /** A flow that is new, or was evicted and came again, grows from nothing. */
  #shadowOf(place: number): Shadow {
    const known = this.#shadows.get(place);
    if (known !== undefined && this.#record.isSameAs(known.createdLow, known.createdHigh)) {
      return known;
    }
    return this.#shadows.create(place, this.#record.created);
  }

  #remove(place: number): void {
    this.table.remove(place);
    this.#shadows.delete(place);
    this.#places[place] = 0;
  }

  #forgetVanished(): void {
    for (const place of this.#shadows.places()) {
      if (((this.#places[place] ?? 0) & SEEN) === 0) {
        this.#shadows.delete(place);
        this.#places[place] = 0;
      }
    }
    for (let place = 0; place < this.#places.length; place++) {
      this.#places[place] = (this.#places[place] ?? 0) & ~SEEN;
    }
  }
}

function keepOf(record: FlowRecord): number {
  const [a, b] = record.counters;
  const reset = (a?.[RESETS] ?? 0) + (b?.[RESETS] ?? 0) > 0;
  if (reset || ((a?.[FINS] ?? 0) > 0 && (b?.[FINS] ?? 0) > 0)) return CLOSED;
  return record.protocol === TCP ? OPEN_TCP : OTHER;
}

class Rows {
  readonly #records = new RecordBuffer(COUNTER_BYTES);
  readonly #columns = new FlowColumns();

  constructor(
    readonly startNs: bigint,
    private readonly endNs: bigint,
  ) {}

  get length(): number {
    return this.#records.length;
  }

  /** Adds a row if the direction changed or waits for something; answers whether it waits. */
  add(tap: TapIdentity, record: FlowRecord, shadow: Shadow, direction: number): boolean {
    const now = record.counters[direction] ?? new Uint32Array(0);
    // A direction that never sent makes no row.
    if (!isSet(now, FIRST_SEEN)) return false;
    const before = shadow.counters[direction] ?? now;
    const row = this.#records.next();
    const changed = growthOf(now, before, row);
    before.set(now);
    const awaited =
      isSet(now, OUTSTANDING) || ((now[RESPONSE_MEAN] ?? 0) > 0 && isSet(now, REQUESTED));
    if (changed || awaited) this.#columns.push(tap, record.key, 0, direction);
    else this.#records.drop();
    return awaited;
  }

  batch(host: string): ColumnBatch {
    return decodeRecords('flow_interval', this.#records.bytes, {
      host,
      interval_start_ns: this.startNs,
      interval_end_ns: this.endNs,
      ...this.#columns.columns(),
    });
  }
}

const isSet = (counters: Uint32Array, at: number): boolean =>
  (counters[at] ?? 0) !== 0 || (counters[at + 1] ?? 0) !== 0;
