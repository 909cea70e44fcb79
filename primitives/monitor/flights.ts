import type { BpfObject } from '../common/loader/index.js';
import { batchFromRows, type ColumnBatch, type Row } from '../common/schema/columns.js';
import { FLIGHT_KINDS } from '../common/schema/streams.js';
import { flowEnds } from './flow-columns.js';
import { TAP_OFFSET } from './layout.js';
import type { Taps } from './taps.js';

/** flight.h. */
const TIME_SHIFT = 16n;
const KIND = 0x1f;
const DIRECTION = 1 << 5;
const VALUE_SHIFT = 8;
const ENTRY_BYTES = 8;

/** Where things are in a record of the ring `flights`, in bytes. */
export interface FlightLayout {
  readonly recordBytes: number;
  readonly timeOffset: number;
  /** Of the place of the next entry, which the number of entries held follows. */
  readonly headOffset: number;
  readonly entriesOffset: number;
}

export function readFlightLayout(object: BpfObject): FlightLayout {
  const size = (name: string): number => Number(object.variable(name));
  const headOffset = size('nv_flight_offset');
  return {
    recordBytes: size('nv_flight_record_bytes'),
    timeOffset: size('nv_flight_time_offset'),
    headOffset,
    entriesOffset: headOffset + size('nv_flight_entries_offset'),
  };
}

/** What the flight recorder had of the flows that it was asked for, in order. */
export function flightBatch(
  records: Uint8Array,
  layout: FlightLayout,
  taps: Taps,
  host: string,
): ColumnBatch {
  const rows: Row[] = [];
  for (let at = 0; at < records.length; at += layout.recordBytes) {
    const view = new DataView(records.buffer, records.byteOffset + at, layout.recordBytes);
    const tap = taps.identity(view.getUint32(TAP_OFFSET, true));
    if (tap === undefined) continue;
    const told_ns = view.getBigUint64(layout.timeOffset, true);
    const of = { host, told_ns, tap_role: tap.role, ifindex: tap.ifindex };
    const ends = [0, 1].map((direction) => flowEnds(view, 0, direction));
    for (const { time, what } of entries(view, layout))
      rows.push({
        ...of,
        ...ends[what & DIRECTION ? 1 : 0],
        time_ns: widened(time, told_ns),
        kind: FLIGHT_KINDS[what & KIND] ?? 'none',
        value: what >>> VALUE_SHIFT,
      });
  }
  return batchFromRows('flight', rows);
}

/** The oldest first: they end before the place of the next. */
function entries(
  view: DataView,
  { headOffset, entriesOffset, recordBytes }: FlightLayout,
): { time: number; what: number }[] {
  const places = (recordBytes - entriesOffset) / ENTRY_BYTES;
  const next = view.getUint8(headOffset);
  const held = view.getUint8(headOffset + 1);
  return Array.from({ length: held }, (_, n) => {
    const at = entriesOffset + ((next - held + n + places) % places) * ENTRY_BYTES;
    return { time: view.getUint32(at, true), what: view.getUint32(at + 4, true) };
  });
}

/** From units of 2^16 ns modulo 2^32, not long before `nowNs`. */
function widened(time: number, nowNs: bigint): bigint {
  const now = nowNs >> TIME_SHIFT;
  const ago = (Number(BigInt.asUintN(32, now)) - time) | 0;
  return (now - BigInt(ago)) << TIME_SHIFT;
}
