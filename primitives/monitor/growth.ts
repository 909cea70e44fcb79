import { LAYOUTS } from '../common/schema/gen/layout.js';
import { flowInterval } from '../common/schema/streams.js';

interface Run {
  readonly from: number;
  readonly to: number;
}

const FIELDS = Object.entries(flowInterval.kernel).filter(
  ([, { temporality }]) => temporality === 'counter',
);
const PLACES: Readonly<Record<string, { offset: number; size: number }>> =
  LAYOUTS.flow_interval.fields;

const runsOf = (kind: string): Run[] =>
  FIELDS.filter(([, { type }]) => type.kind === kind).map(([name]) => {
    const { offset, size } = PLACES[name] ?? { offset: 0, size: 0 };
    return { from: offset, to: offset + size };
  });

const WIDE = runsOf('scalar');
const NARROW = runsOf('histogram');

/** Turns the counters of a record into their growth since `before`; gauges keep their value. */
export function subtractCounters(record: Uint8Array, before: Uint8Array): void {
  const now = new DataView(record.buffer, record.byteOffset);
  const then = new DataView(before.buffer, before.byteOffset);
  for (const { from } of WIDE) {
    const grown = now.getBigUint64(from, true) - then.getBigUint64(from, true);
    now.setBigUint64(from, grown > 0n ? grown : 0n, true);
  }
  for (const { from, to } of NARROW) {
    for (let at = from; at < to; at += 4) {
      now.setUint32(at, (now.getUint32(at, true) - then.getUint32(at, true)) >>> 0, true);
    }
  }
}
