import { expect, it } from 'vitest';
import { spreadOf } from '../harness/spread.js';
import { netOf, ratioOf, timesCheaper } from './figures.js';

interface Slice {
  readonly contender: string;
  readonly round: number;
  readonly ns: number | null;
}

const slices = (contender: string, ...values: (number | null)[]): Slice[] =>
  values.map((ns, round) => ({ contender, round, ns }));
const ns = (s: Slice): number | null => s.ns;

it('compares slices of one round only', () => {
  const samples = [...slices('empty', 60, 120, null), ...slices('monitor', 90, 180, 95)];
  expect(netOf(samples, 'monitor', ns)).toEqual([30, 60]);
  expect(ratioOf(samples, 'monitor', ns)).toEqual([1.5, 1.5]);
});

it('does not mix slices that a value leaves out with those of the same round', () => {
  const samples = [
    ...slices('empty', 60),
    ...slices('monitor', 90),
    ...slices('empty', null),
    ...slices('monitor', null),
  ];
  expect(netOf(samples, 'monitor', ns)).toEqual([30]);
});

it('takes net costs for how many times another costs', () => {
  const samples = [
    ...slices('empty', 60, 70),
    ...slices('monitor', 100, 120),
    ...slices('paper', 260, 370),
  ];
  expect(timesCheaper(samples, 'monitor', 'paper', ns)).toEqual([5, 6]);
});

it('gives median and quartiles, and nothing of nothing', () => {
  expect(spreadOf([5, null, 1, 2, 4, 3])).toEqual({ median: 3, low: 2, high: 4, count: 5 });
  expect(spreadOf([null])).toBeNull();
});
