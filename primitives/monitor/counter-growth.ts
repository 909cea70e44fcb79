import { streamNamed } from '../common/schema/columns.js';
import { type KernelStream, recordSize } from '../common/schema/decode.js';
import { LAYOUTS } from '../common/schema/gen/layout.js';

/** Turns the counters of a record into their growth since `before`; gauges keep their value. */
export type SubtractCounters = (record: Uint8Array, before: Uint8Array) => void;

/** For records of one stream. A counter that went back has begun anew: its growth is what it says. */
export function counterGrowth(stream: KernelStream): SubtractCounters {
  const places: Readonly<Record<string, { offset: number; size: number }>> = LAYOUTS[stream].fields;
  const wide: number[] = [];
  const narrow: number[] = [];
  for (const [name, { type, temporality }] of Object.entries(streamNamed(stream).kernel)) {
    const place = places[name];
    if (temporality !== 'counter' || place === undefined) continue;
    const step = type.kind === 'histogram' ? 4 : place.size;
    for (let at = place.offset; at < place.offset + place.size; at += step)
      (step === 4 ? narrow : wide).push(at);
  }
  return (record, before) => {
    const now = viewOf(record, recordSize(stream));
    const then = viewOf(before, recordSize(stream));
    for (const at of wide) {
      const grown = now.getBigUint64(at, true) - then.getBigUint64(at, true);
      if (grown >= 0n) now.setBigUint64(at, grown, true);
    }
    for (const at of narrow)
      now.setUint32(at, now.getUint32(at, true) - then.getUint32(at, true), true);
  };
}

const viewOf = (bytes: Uint8Array, length: number): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, length);
