import { expect, it } from 'vitest';
import { jiffyClock, UNKNOWN_CLOCK } from './clock.js';

const DAY_NS = 86_400_000_000_000n;

it.each([100n, 250n, 300n, 1000n])('finds %d ticks a second', (rate) => {
  const tickNs = 1_000_000_000n / rate;
  const jiffies = (1n << 32n) - 300n * rate + DAY_NS / tickNs;
  const coarseNs = DAY_NS + 40_000_000n;
  const clock = jiffyClock(jiffies, coarseNs);
  expect(clock.tickNs).toBe(tickNs);
  expect(BigInt.asUintN(64, jiffies * tickNs + clock.bootNs)).toBe(coarseNs);
});

it('does not guess where several rates fit, or none', () => {
  expect(jiffyClock((1n << 32n) - 300n * 250n, 0n)).toEqual(jiffyClock((1n << 32n) - 75_000n, 0n));
  expect(jiffyClock(12345n, DAY_NS)).toBe(UNKNOWN_CLOCK);
});
