import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { artifact } from '../../primitives/common/artifacts.js';
import type { Spread } from '../harness/spread.js';
import { type Change, compare, compareFiles } from './index.js';
import { chanceOfPairs, chanceOfSpreads } from './noise.js';

const RESULTS = [
  ...['agent-cost', 'arming', 'overhead', 'per-packet-cost', 'rtt-accuracy'],
  ...['verdicts', 'verdicts-all', 'triggers', 'matrix'],
];

const fileOf = (name: string): string => artifact(`docs/results/${name}.json`);

/** Twice: one to be changed. */
function saved<T>(name: string): [T, T] {
  const text = readFileSync(fileOf(name), 'utf8');
  return [JSON.parse(text) as T, JSON.parse(text) as T];
}

const worse = (changes: readonly Change[]): string[] =>
  changes.filter(({ verdict }) => verdict === 'worse').map(({ name }) => name);

it.each(RESULTS)('%s has figures, and is the same as itself', (name) => {
  const { changes, notes } = compareFiles(fileOf(name), fileOf(name));
  expect(changes.length).toBeGreaterThan(0);
  expect(new Set(changes.map(({ verdict }) => verdict))).toEqual(new Set(['same']));
  expect(new Set(changes.map((change) => change.name)).size).toBe(changes.length);
  expect(notes).toEqual([]);
});

it('finds what costs more than quartiles explain, and what costs less', () => {
  interface Targets {
    readonly made: { kernel: string };
    readonly targets: [{ what: string; spread: Spread }];
  }
  const [before, after] = saved<Targets>('per-packet-cost');
  const [first] = after.targets;
  const { low, high, median } = first.spread;
  const shift = (by: number): Change[] => {
    first.spread = { ...first.spread, median: median + by, low: low + by, high: high + by };
    return [...compare(before, after).changes];
  };
  expect(worse(shift((high - low) / 10))).toEqual([]);
  expect(worse(shift(10 * (high - low)))).toEqual([expect.stringContaining(first.what)]);
  expect(worse(shift(-10 * (high - low)))).toEqual([]);
  after.made.kernel = '7.0';
  expect(compare(before, after).notes).toEqual(['another kernel: 6.18.44, then 7.0']);
});

it('takes more throughput for better', () => {
  const [before, after] = saved<{ rows: { throughput: Spread }[] }>('overhead');
  for (const row of after.rows)
    row.throughput = { ...row.throughput, median: 0.1, low: 0.1, high: 0.11 };
  const names = worse(compare(before, after).changes);
  expect(names.length).toBeGreaterThan(0);
  expect(names.every((name) => name.startsWith('throughput'))).toBe(true);
});

it('measures what has no interval by the tolerance', () => {
  const [before, after] = saved<{ levels: { flows: number; cpu_percent: number }[] }>('agent-cost');
  const slower = (): void => {
    for (const level of after.levels) if (level.flows === 12) level.cpu_percent *= 1.2;
  };
  slower();
  expect(worse(compare(before, after).changes)).toEqual([]);
  slower();
  expect(worse(compare(before, after).changes)).toEqual(['cpu_percent, 12 flows']);
});

it('pairs runs, names those that became wrong, and calls a few of them chance', () => {
  const [before, after] = saved<{ scenario: string; result: string }[]>('verdicts-all');
  const right = after.filter(({ result }) => result === 'right');
  const spoil = (count: number): Change => {
    for (const run of right.slice(0, count)) run.result = 'wrong';
    return compare(before, after).changes[0] as Change;
  };
  expect(spoil(3)).toMatchObject({ name: 'runs right', verdict: 'same', worse: { length: 3 } });
  expect(spoil(3).worse?.[0]).toContain(right[0]?.scenario);
  expect(spoil(12)).toMatchObject({ verdict: 'worse', worse: { length: 12 } });
});

it('refuses what cannot be compared', () => {
  expect(() => compareFiles(fileOf('arming'), fileOf('verdicts'))).toThrow(/no figure in common/);
  expect(() => compareFiles(fileOf('arming'), fileOf('nothing'))).toThrow(/holds no results/);
});

it('knows how likely chance is', () => {
  const pairs = (grown: number, fallen: number): number =>
    chanceOfPairs({
      runs: [],
      grown: new Array<string>(grown).fill(''),
      fallen: new Array<string>(fallen).fill(''),
    });
  expect(pairs(0, 6)).toBeCloseTo(2 / 64);
  expect(pairs(3, 3)).toBe(1);
  expect(pairs(1, 9)).toBeCloseTo(2 * (11 / 1024));
  // 1.96 standard errors apart.
  const at = (median: number): { median: number; low: number; high: number; count: number } => ({
    ...{ median, low: median - 0.6745, high: median + 0.6745, count: 200 },
  });
  expect(chanceOfSpreads(at(0), at(1.96 * 0.12533))).toBeCloseTo(0.05, 3);
});
