import { expect, test } from 'vitest';
import { parseCpuList } from './cpu-list.js';

test('reads single processors and ranges, sorted and without repeats', () => {
  expect(parseCpuList('3,0-1')).toEqual([0, 1, 3]);
  expect(parseCpuList('0-2, 1')).toEqual([0, 1, 2]);
});

test.each(['', '1,', 'a', '2-1', '-1', '0-', '0-99999', '1.5', '0x1'])(
  'refuses "%s" and quotes it',
  (list) => {
    expect(() => parseCpuList(list)).toThrow(`bad CPU list "${list}"`);
  },
);
