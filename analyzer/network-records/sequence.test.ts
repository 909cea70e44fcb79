import { expect, it } from 'vitest';
import { Sequence } from './sequence.js';

it('counts what is missing, across the wrap', () => {
  const sequence = new Sequence();
  expect(sequence.take(2 ** 32 - 5, 3)).toBe(0);
  expect(sequence.take(2 ** 32 - 2, 3)).toBe(0);
  expect(sequence.take(11, 1)).toBe(10);
});

it('takes back what was only overtaken', () => {
  const sequence = new Sequence();
  sequence.take(1000, 10);
  expect(sequence.take(1030, 5)).toBe(20);
  expect(sequence.take(1010, 20)).toBe(-20);
  expect(sequence.take(1035, 5)).toBe(0);
});

it('counts nothing for what is counted anew, or follows what could not be counted', () => {
  const sequence = new Sequence();
  sequence.take(1000, 10);
  expect(sequence.take(1010, null)).toBe(0);
  expect(sequence.take(5000, 10)).toBe(0);
  expect(sequence.take(2_000_000_000, 1)).toBe(0);
  expect(sequence.take(2_000_000_001, 1)).toBe(0);
});
