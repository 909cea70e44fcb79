import { expect, it } from 'vitest';
import { turns } from './turns.js';

it('lets everyone have a turn in each round, and nobody always follow the same', () => {
  const all = ['a', 'b', 'c', 'd'];
  const orders = all.map((_, round) => turns(all, round));
  for (const order of orders) expect([...order].sort()).toEqual(all);
  for (const one of all) {
    const before = orders.map((order) => order[order.indexOf(one) - 1]).filter((x) => x);
    expect(new Set(before).size).toBeGreaterThan(1);
  }
});
