import { HashTable } from '../../common/loader/index.js';
import type { MapInfo } from '../../common/native/index.js';
import type { ColumnBatch } from '../../common/schema/columns.js';
import { decodeRecords, recordSize } from '../../common/schema/decode.js';
import { LAYOUTS } from '../../common/schema/gen/layout.js';
import { growthOf } from '../growth.js';
import { FlowColumns } from '../flow-columns.js';
import { TAP_OFFSET } from '../layout.js';
import { RecordBuffer } from '../record-buffer.js';
import type { Taps } from '../taps.js';
import type { QuicLayout } from './layout.js';

/** Connections end unseen, most after 30 s of silence. */
const KEEP_NS = 60_000_000_000n;
const RECORD_BYTES = recordSize('quic_connection');
const FIELDS = LAYOUTS.quic_connection.fields;
const growth = growthOf('quic_connection');

interface Known {
  /** The record as it was when it was told last. */
  record: Uint8Array;
  sweep: number;
}

export interface QuicSweep {
  readonly connections: ColumnBatch;
  /** Entries that the kernel gave up for newer ones. */
  readonly evicted: number;
}

/** Turns the map of QUIC connections into what changed since the last sweep. */
export class QuicConnections {
  readonly #table: HashTable;
  readonly #known = new Map<string, Known>();
  #sweep = 0;
  #lastNs: bigint;

  constructor(
    map: MapInfo,
    private readonly layout: QuicLayout,
    private readonly taps: Pick<Taps, 'identity'>,
    private readonly host: string,
    startNs: bigint,
  ) {
    this.#table = new HashTable(map);
    this.#lastNs = startNs;
  }

  sweep(nowNs: bigint): QuicSweep {
    this.#sweep++;
    const rows = new Rows(this.layout);
    for (const { key, value } of this.#table.entries()) this.#take(key, value, nowNs, rows);
    const interval = { interval_start_ns: this.#lastNs, interval_end_ns: nowNs };
    this.#lastNs = nowNs;
    return { connections: rows.batch(this.host, interval), evicted: this.#forgetVanished() };
  }

  #take(key: Uint8Array, value: Uint8Array, nowNs: bigint, rows: Rows): void {
    const name = Buffer.from(key).toString('latin1');
    const tap = this.taps.identity(viewOf(key).getUint32(TAP_OFFSET, true));
    const record = value.subarray(0, RECORD_BYTES);
    if (tap === undefined || nowNs - field(record, 'last_seen_ns') > KEEP_NS) {
      this.#table.delete(key);
      this.#known.delete(name);
      return;
    }
    const known = this.#knownAs(name, record);
    if (isQuic(record) && Buffer.compare(record, known.record) !== 0)
      rows.add(tap, key, value, known.record);
    known.record.set(record);
  }

  /** A connection that is new, or whose entry was evicted and made again, grows from nothing. */
  #knownAs(name: string, record: Uint8Array): Known {
    const known = this.#known.get(name);
    if (known && field(known.record, 'first_seen_ns') === field(record, 'first_seen_ns')) {
      known.sweep = this.#sweep;
      return known;
    }
    const fresh = { record: new Uint8Array(RECORD_BYTES), sweep: this.#sweep };
    this.#known.set(name, fresh);
    return fresh;
  }

  #forgetVanished(): number {
    const vanished = [...this.#known].filter(([, { sweep }]) => sweep !== this.#sweep);
    for (const [name] of vanished) this.#known.delete(name);
    return vanished.length;
  }
}

class Rows {
  readonly #records = new RecordBuffer(RECORD_BYTES);
  readonly #flows = new FlowColumns();
  readonly #destinations: string[] = [];
  readonly #sources: string[] = [];

  constructor(private readonly layout: QuicLayout) {}

  add(
    tap: Parameters<FlowColumns['push']>[0],
    key: Uint8Array,
    value: Uint8Array,
    before: Uint8Array,
  ): void {
    const { clientOffset, idLengthsOffset, destinationOffset, sourceOffset } = this.layout;
    const id = (offset: number, length = 0): string =>
      Buffer.from(value.subarray(offset, offset + length)).toString('hex');
    this.#flows.push(tap, viewOf(key), 0, value[clientOffset] ?? 0);
    this.#destinations.push(id(destinationOffset, value[idLengthsOffset]));
    this.#sources.push(id(sourceOffset, value[idLengthsOffset + 1]));
    growth(wordsOf(value), wordsOf(before), 0, this.#records.next());
  }

  batch(
    host: string,
    interval: { interval_start_ns: bigint; interval_end_ns: bigint },
  ): ColumnBatch {
    return decodeRecords('quic_connection', this.#records.bytes, {
      ...{ host, ...interval, ...this.#flows.columns() },
      ...{ destination_id: this.#destinations, source_id: this.#sources },
    });
  }
}

/** Port 443 carries other protocols too: a long header with a version tells QUIC, or a bit that spins. */
const isQuic = (record: Uint8Array): boolean =>
  viewOf(record).getUint32(FIELDS.version.offset, true) !== 0 || record[FIELDS.spins.offset] === 1;

const field = (record: Uint8Array, name: 'first_seen_ns' | 'last_seen_ns'): bigint =>
  viewOf(record).getBigUint64(FIELDS[name].offset, true);

const wordsOf = (bytes: Uint8Array): Uint32Array =>
  new Uint32Array(bytes.buffer, bytes.byteOffset, RECORD_BYTES / 4);

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
