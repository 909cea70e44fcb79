import type { ColumnBatch } from '../common/schema/columns.js';
import { decodeColumn, decodeRecords, recordSize } from '../common/schema/decode.js';
import { LAYOUTS } from '../common/schema/gen/layout.js';
import { packetEvent } from '../common/schema/streams.js';
import { FlowColumns } from './flow-columns.js';
import { type MonitorLayout, SAMPLE_BYTES, TAP_OFFSET } from './layout.js';
import { RecordBuffer } from './record-buffer.js';
import type { Taps } from './taps.js';

/** Packets of armed flows at the taps. */
export function packetBatch(records: Uint8Array, taps: Taps, host: string): ColumnBatch {
  const ifindexes = decodeColumn(
    packetEvent.kernel.ifindex.type,
    records,
    recordSize('packet_event'),
    LAYOUTS.packet_event.fields.ifindex.offset,
  ) as Uint32Array;
  return decodeRecords('packet_event', records, {
    host,
    ifname: Array.from(ifindexes, (ifindex) => taps.ifname(ifindex)),
    drop_reason_name: '',
    drop_symbol: '',
  });
}

/** Samples of armed flows. */
export function sampleBatch(
  records: Uint8Array,
  layout: MonitorLayout,
  taps: Taps,
  host: string,
): ColumnBatch {
  const samples = new RecordBuffer(SAMPLE_BYTES);
  const columns = new FlowColumns();
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
  for (let at = 0; at < records.length; at += layout.sampleEventBytes) {
    const tap = taps.identity(view.getUint32(at + TAP_OFFSET, true));
    if (tap === undefined) continue;
    columns.push(tap, view, at, view.getUint8(at + layout.sampleDirectionOffset));
    const start = at + layout.sampleOffset;
    samples.push(records.subarray(start, start + SAMPLE_BYTES));
  }
  return decodeRecords('mark_sample', samples.bytes, { host, ...columns.columns() });
}
