import { expect, it } from 'vitest';
import { EMPTY, MONITOR, NATIVE } from './contenders.js';
import { cpuShares, cpuTime } from './cpu-time.js';
import type { CostSample, Sample } from './samples.js';
import { netCosts, pairings } from './summary.js';

const slice = (place: number, contender: string, bytes: number, cpu: number): Sample => ({
  load: 'tso',
  contender,
  round: 0,
  place,
  bytes_per_second: bytes,
  cpu_share: cpu,
  stolen_share: 0,
  missed: 0,
});

it('holds a slice against the native ones just before and after it, drift told', () => {
  const samples = [
    slice(0, NATIVE, 100, 0.5),
    slice(1, MONITOR, 99, 0.66),
    slice(2, NATIVE, 120, 0.6),
    { ...slice(3, MONITOR, 1, 1), load: 'mss' },
  ];
  const [pair, ...more] = pairings(samples, 'tso', MONITOR);
  expect(more).toEqual([]);
  expect(pair?.throughput).toBeCloseTo(0.9);
  expect(pair?.cpu_points).toBeCloseTo(11);
  expect(pair?.cpu_per_byte).toBeCloseTo(0.66 / 99 / (0.55 / 110));
  expect(pair?.drift).toBeCloseTo(1.2);
});

it('holds native against the native slices around it', () => {
  const samples = [
    slice(0, NATIVE, 100, 0.5),
    slice(1, MONITOR, 1, 0.5),
    slice(2, NATIVE, 90, 0.5),
    slice(3, EMPTY, 1, 0.5),
    slice(4, NATIVE, 100, 0.5),
  ];
  expect(pairings(samples, 'tso', NATIVE).map(({ throughput }) => throughput)).toEqual([0.9]);
});

it('takes from a cost that of the empty program in the same round', () => {
  const cost = (contender: string, round: number, ns: number): CostSample => ({
    load: 'tso',
    contender,
    round,
    sender_egress: ns,
    sender_ingress: ns,
    receiver_egress: ns,
    receiver_ingress: ns,
  });
  const costs = [
    cost(EMPTY, 0, 60),
    cost(EMPTY, 1, 80),
    cost(MONITOR, 1, 200),
    cost(MONITOR, 0, 90),
  ];
  const net = (contender: string): number[] =>
    netCosts(costs, 'tso', contender, (c) => c.sender_egress);
  expect(net(MONITOR)).toEqual([120, 30]);
  expect(net(EMPTY)).toEqual([60, 80]);
});

it('reads of /proc/stat what is busy, waiting and stolen', () => {
  const before = cpuTime('cpu  100 10 50 800 20 5 15 0 7 0\ncpu0 1 2 3\n');
  const after = cpuTime('cpu  150 10 70 860 30 10 25 40 9 0\n');
  expect(before).toEqual({ busy: 180, stolen: 0, total: 1000 });
  expect(cpuShares(before, after)).toEqual({ busy: 85 / 195, stolen: 40 / 195 });
});
