import { expect, it } from 'vitest';
import { Lag } from './lag.js';

const SECOND = 1_000_000_000n;
const NOW = 100n * SECOND;

it('ends a window where the records of its slowest host end', () => {
  const lag = new Lag();
  expect(lag.seenUntil(['a', 'b'], NOW)).toBe(NOW);
  lag.note('a', SECOND / 10n, NOW);
  expect(lag.seenUntil(['a', 'b'], NOW)).toBe(NOW);
  lag.note('b', 4n * SECOND, NOW);
  expect(lag.seenUntil(['a', 'b'], NOW)).toBe(NOW - 4n * SECOND + SECOND / 2n);
  expect(lag.seenUntil(['a'], NOW)).toBe(NOW);
});

it('is not misled by urgent records, nor by a host that has nothing more to send', () => {
  const lag = new Lag();
  lag.note('a', 4n * SECOND, NOW);
  lag.note('a', 0n, NOW + 1n);
  expect(lag.seenUntil(['a'], NOW + 1n)).toBeLessThan(NOW);
  lag.note('a', 0n, NOW + 2n * SECOND);
  expect(lag.seenUntil(['a'], NOW + 2n * SECOND)).toBe(NOW + 2n * SECOND);
  lag.note('a', 4n * SECOND, NOW + 3n * SECOND);
  expect(lag.seenUntil(['a'], NOW + 9n * SECOND)).toBe(NOW + 9n * SECOND);
});
