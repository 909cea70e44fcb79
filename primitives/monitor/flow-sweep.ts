import { batchFromRows, type ColumnBatch } from '../common/schema/columns.js';
import { decodeRecords } from '../common/schema/decode.js';
import { LAYOUTS } from '../common/schema/gen/layout.js';
import { FlowColumns } from './flow-columns.js';
import { FlowRecord } from './flow-record.js';
import type { FlowTable } from './flow-table.js';
import { growthOf } from './growth.js';
import { COUNTER_BYTES, type MonitorLayout } from './layout.js';
import { RecordBuffer } from './record-buffer.js';
import { SHADOW_COUNTERS, Shadows } from './shadows.js';
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
/** To be read although nothing moved: something is awaited of it, or it could not be read or removed. */
const PENDING = 8;
const SEEN = 16;

const BATCH_ROWS = 2048;
/** Looked at in one go: less than a millisecond when no flow of them moved. */
const SCAN_PLACES = 32_768;

const word = (field: keyof typeof LAYOUTS.flow_interval.fields): number =>
  LAYOUTS.flow_interval.fields[field].offset / 4;
const FIRST_SEEN = word('first_seen_ns');
const OUTSTANDING = word('outstanding_since_ns');
const REQUESTED = word('request_since_ns');
const RESPONSE_MEAN = word('response_mean_us');
const FINS = word('fins');
const RESETS = word('resets');

const growth = growthOf('flow_interval');
const NOTHING = batchFromRows('flow_interval', []);

/** Turns the table of flows into what changed since the last sweep. */
export class FlowSweeper {
  readonly #record: FlowRecord;
  readonly #rows: Rows;
  readonly #shadows: Shadows;
  readonly #places: Uint8Array;
  #lastNs: bigint;

  constructor(
    private readonly table: FlowTable,
    private readonly taps: Taps,
    layout: MonitorLayout,
    host: string,
    startNs: bigint,
  ) {
    this.#record = new FlowRecord(layout);
    this.#rows = new Rows(host);
    this.#shadows = new Shadows(table.capacity);
    this.#places = new Uint8Array(table.capacity);
    this.#lastNs = startNs;
  }

  /** Batches of flow_interval, some of them empty; whoever takes them may do something else in between. */
  *sweep(nowNs: bigint): Generator<ColumnBatch> {
    const rows = this.#rows;
    const detached = this.taps.detached;
    const interval = { startNs: this.#lastNs, endNs: nowNs };
    this.#lastNs = nowNs;
    this.table.beginScan();
    for (let from = 0; from < this.table.capacity; from += SCAN_PLACES) {
      if (from > 0) yield NOTHING;
      const { changed, over } = this.#scan(from, detached.length > 0);
      for (const place of changed) {
        this.#take(place);
        if (rows.length >= BATCH_ROWS - 1) yield rows.take(interval);
      }
      for (const place of over) this.#remove(place);
    }
    this.taps.forget(detached);
    yield rows.take(interval);
  }

  /** Places to read, and those of flows that have been silent for too long. Forgets flows that are no longer kept. */
  #scan(from: number, all: boolean): { changed: number[]; over: number[] } {
    const changed: number[] = [];
    const over: number[] = [];
    const places = this.#places;
    const to = Math.min(from + SCAN_PLACES, this.table.capacity);
    this.table.scan(from, to, (place, used, idleNs) => {
      const known = places[place] ?? 0;
      places[place] = known | SEEN;
      if (used || all || (known & KNOWN) === 0 || (known & PENDING) !== 0) changed.push(place);
      if ((known & KNOWN) !== 0 && idleNs > (KEEP_NS[known & KEEP] ?? 0)) over.push(place);
    });
    for (let place = from; place < to; place++) {
      const known = places[place] ?? 0;
      if (known === 0) continue;
      if ((known & SEEN) === 0) this.#shadows.delete(place);
      places[place] = (known & SEEN) === 0 ? 0 : known & ~SEEN;
    }
    return { changed, over };
  }

  #take(place: number): void {
    const record = this.#record;
    if (!this.table.read(place, record)) {
      this.#places[place] = (this.#places[place] ?? 0) | PENDING;
      return;
    }
    const tap = this.taps.identity(record.tap);
    if (tap === undefined) {
      this.#remove(place);
      return;
    }
    const shadow = this.#shadows.of(place, record);
    const there = this.#rows.add(tap, record, shadow, 0);
    const back = this.#rows.add(tap, record, shadow, 1);
    this.#places[place] = KNOWN | keepOf(record) | (there || back ? PENDING : 0);
    if (this.taps.isDetached(record.tap)) this.#remove(place);
  }

  #remove(place: number): void {
    if (this.table.remove(place)) {
      this.#shadows.delete(place);
      this.#places[place] = 0;
    } else this.#places[place] = KNOWN | PENDING;
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
  #columns = new FlowColumns();

  constructor(private readonly host: string) {}

  get length(): number {
    return this.#records.length;
  }

  /** Adds a row if the direction changed or waits for something; answers whether it waits. */
  add(tap: TapIdentity, record: FlowRecord, shadow: Uint32Array, direction: 0 | 1): boolean {
    const now = record.counters[direction] ?? new Uint32Array(0);
    // A direction that never sent makes no row.
    if (!isSet(now, FIRST_SEEN)) return false;
    const before = SHADOW_COUNTERS[direction];
    const row = this.#records.next();
    const changed = growth(now, shadow, before, row);
    shadow.set(now, before);
    const awaited =
      isSet(now, OUTSTANDING) || ((now[RESPONSE_MEAN] ?? 0) > 0 && isSet(now, REQUESTED));
    if (changed || awaited) this.#columns.push(tap, record.key, 0, direction);
    else this.#records.drop();
    return awaited;
  }

  /** Empties itself. */
  take({ startNs, endNs }: { startNs: bigint; endNs: bigint }): ColumnBatch {
    const batch = decodeRecords('flow_interval', this.#records.bytes, {
      host: this.host,
      interval_start_ns: startNs,
      interval_end_ns: endNs,
      ...this.#columns.columns(),
    });
    this.#records.clear();
    this.#columns = new FlowColumns();
    return batch;
  }
}

const isSet = (counters: Uint32Array, at: number): boolean =>
  (counters[at] ?? 0) !== 0 || (counters[at + 1] ?? 0) !== 0;
