/** Seeded sources of values and rows of sweeps for the tests of this folder. */
import { batchFromRows, type ColumnBatch, type Row } from '../../common/schema/columns.js';
import { flowInterval } from '../../common/schema/streams.js';

export type Source = () => number;

/** mulberry32: uniform in [0, 1). */
export function uniform(seed: number): Source {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Standard normal. */
export const normal =
  (next: Source): Source =>
  () =>
    Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

/** Autoregressive of order 1, variance 1. */
export function autoregressive(next: Source, correlation: number): Source {
  const noise = normal(next);
  let value = 0;
  return () => {
    value = correlation * value + Math.sqrt(1 - correlation ** 2) * noise();
    return value;
  };
}

export function poisson(next: Source, mean: number): number {
  let count = 0;
  for (let product = next(); product > Math.exp(-mean); product *= next()) count++;
  return count;
}

const EMPTY: Row = Object.fromEntries(
  Object.entries({ ...flowInterval.agent, ...flowInterval.kernel }).map(([name, { type }]) => [
    name,
    type.kind === 'histogram' ? new Uint32Array(type.length) : type.kind === 'scalar' ? 0 : '',
  ]),
);

/** `flow_interval` rows: a TCP flow at a pod's tap, its counters 0, except as given. */
export const sweepOf = (rows: readonly Row[]): ColumnBatch =>
  batchFromRows(
    'flow_interval',
    rows.map((row) => ({
      ...EMPTY,
      tap_role: 'pod',
      ifindex: 3,
      src: '10.0.0.1',
      dst: '10.0.0.2',
      src_port: 40_000,
      dst_port: 80,
      protocol: 6,
      ...row,
    })),
  );
