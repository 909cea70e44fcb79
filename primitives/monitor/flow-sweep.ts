import type { ColumnBatch } from '../common/schema/columns.js';
import { decodeRecords } from '../common/schema/decode.js';
import { LAYOUTS } from '../common/schema/gen/layout.js';
import { FlowColumns } from './flow-columns.js';
import type { Entry, FlowTable } from './flow-table.js';
import { subtractCounters } from './growth.js';
import {
  COUNTER_BYTES,
  type MonitorLayout,
  PROTOCOL_OFFSET,
  SAMPLE_BYTES,
  TAP_OFFSET,
} from './layout.js';
import { RecordBuffer } from './record-buffer.js';
import { newSamples } from './sketch.js';
import type { Taps } from './taps.js';

const SECOND_NS = 1_000_000_000n;
const TCP = 6;
/** How long the map keeps a flow that says nothing. */
const KEEP_NS = { closed: 10n * SECOND_NS, tcp: 600n * SECOND_NS, other: 60n * SECOND_NS };

const COUNTERS = LAYOUTS.flow_interval.fields;

interface Known {
  /** The entry as it was at the last sweep that saw it change. */
  readonly value: Uint8Array;
  sweep: number;
}

export interface FlowSweep {
  readonly flows: ColumnBatch;
  readonly samples: ColumnBatch;
  /** Entries that the kernel gave up for newer ones. */
  readonly evicted: number;
}

/** Turns the map of flows into what changed since the last sweep. */
export class FlowSweeper {
  readonly #known = new Map<string, Known>();
  #sweep = 0;
  #lastNs: bigint;

  constructor(
    private readonly table: FlowTable,
    private readonly taps: Taps,
    private readonly layout: MonitorLayout,
    private readonly host: string,
    startNs: bigint,
  ) {
    this.#lastNs = startNs;
  }

  sweep(nowNs: bigint): FlowSweep {
    this.#sweep++;
    const rows = new Rows();
    for (const entry of this.table.entries()) this.#take(entry, rows, nowNs);
    this.taps.forgetDetached();
    const interval = { interval_start_ns: this.#lastNs, interval_end_ns: nowNs };
    this.#lastNs = nowNs;
    return { ...rows.batches(this.host, interval), evicted: this.#forgetVanished() };
  }

  #take({ key, value }: Entry, rows: Rows, nowNs: bigint): void {
    const name = Buffer.from(key.buffer, key.byteOffset, key.length).toString('latin1');
    const known = this.#knownAs(name, value);
    const tapId = view(key).getUint32(TAP_OFFSET, true);
    const tap = this.taps.identity(tapId);
    if (tap !== undefined) {
      for (const direction of [0, 1]) {
        const start = direction * this.layout.directionBytes;
        const now = value.subarray(start, start + this.layout.directionBytes);
        const before = known.value.subarray(start, start + this.layout.directionBytes);
        if (changed(now, before)) rows.addFlow(tap, key, direction, now, before);
        for (const sample of newSamples(now, before, this.layout.sketchOffset)) {
          rows.addSample(tap, key, direction, sample);
        }
      }
    }
    known.value.set(value);
    if (tap === undefined || this.taps.isDetached(tapId) || this.#isOver(key, value, nowNs)) {
      this.table.delete(key);
      this.#known.delete(name);
    }
  }

  /** A flow that is new, or whose entry was evicted and made again, grows from nothing. */
  #knownAs(name: string, value: Uint8Array): Known {
    const known = this.#known.get(name);
    const { createdOffset } = this.layout;
    const created = (bytes: Uint8Array): bigint => view(bytes).getBigUint64(createdOffset, true);
    if (known !== undefined && created(known.value) === created(value)) {
      known.sweep = this.#sweep;
      return known;
    }
    const fresh = { value: new Uint8Array(value.length), sweep: this.#sweep };
    this.#known.set(name, fresh);
    return fresh;
  }

  #isOver(key: Uint8Array, value: Uint8Array, nowNs: bigint): boolean {
    const of = (direction: number, field: keyof typeof COUNTERS): bigint =>
      view(value).getBigUint64(
        direction * this.layout.directionBytes + COUNTERS[field].offset,
        true,
      );
    const [a, b] = [of(0, 'last_seen_ns'), of(1, 'last_seen_ns')];
    const idleNs = nowNs - (a > b ? a : b);
    const reset = of(0, 'resets') + of(1, 'resets') > 0n;
    const closed = reset || (of(0, 'fins') > 0n && of(1, 'fins') > 0n);
    const tcp = key[PROTOCOL_OFFSET] === TCP;
    return idleNs > (closed ? KEEP_NS.closed : tcp ? KEEP_NS.tcp : KEEP_NS.other);
  }

  #forgetVanished(): number {
    let vanished = 0;
    for (const [name, { sweep }] of this.#known) {
      if (sweep === this.#sweep) continue;
      this.#known.delete(name);
      vanished++;
    }
    return vanished;
  }
}

class Rows {
  readonly #flows = new RecordBuffer(COUNTER_BYTES);
  readonly #flowColumns = new FlowColumns();
  readonly #samples = new RecordBuffer(SAMPLE_BYTES);
  readonly #sampleColumns = new FlowColumns();

  addFlow(
    tap: Parameters<FlowColumns['push']>[0],
    key: Uint8Array,
    direction: number,
    now: Uint8Array,
    before: Uint8Array,
  ): void {
    this.#flowColumns.push(tap, view(key), 0, direction);
    subtractCounters(this.#flows.push(now.subarray(0, COUNTER_BYTES)), before);
  }

  addSample(
    tap: Parameters<FlowColumns['push']>[0],
    key: Uint8Array,
    direction: number,
    sample: Uint8Array,
  ): void {
    this.#sampleColumns.push(tap, view(key), 0, direction);
    this.#samples.push(sample);
  }

  batches(
    host: string,
    interval: { interval_start_ns: bigint; interval_end_ns: bigint },
  ): { flows: ColumnBatch; samples: ColumnBatch } {
    return {
      flows: decodeRecords('flow_interval', this.#flows.bytes, {
        host,
        ...interval,
        ...this.#flowColumns.columns(),
      }),
      samples: decodeRecords('mark_sample', this.#samples.bytes, {
        host,
        ...this.#sampleColumns.columns(),
      }),
    };
  }
}

/** Data outstanding and requests unanswered make a row although nothing moves; a direction that never sent makes none. */
function changed(now: Uint8Array, before: Uint8Array): boolean {
  if (view(now).getBigUint64(COUNTERS.first_seen_ns.offset, true) === 0n) return false;
  const counters = now.subarray(0, COUNTER_BYTES);
  if (Buffer.compare(counters, before.subarray(0, COUNTER_BYTES)) !== 0) return true;
  const since = (field: 'outstanding_since_ns' | 'request_since_ns'): bigint =>
    view(now).getBigUint64(COUNTERS[field].offset, true);
  const answers = view(now).getUint32(COUNTERS.response_mean_us.offset, true) > 0;
  return since('outstanding_since_ns') > 0n || (answers && since('request_since_ns') > 0n);
}

const view = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
