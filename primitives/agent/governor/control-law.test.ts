import { expect, it } from 'vitest';
import { ControlLaw, SHED_STEPS } from './control-law.js';

/** Steps after each period of an agent whose cost follows from what it sheds. */
function run(law: ControlLaw, periods: number, costAt: (steps: number) => number): number[] {
  return Array.from({ length: periods }, () => {
    law.observe(costAt(law.steps));
    return law.steps;
  });
}

it('sheds nothing within the budget, nor for one period above it', () => {
  const law = new ControlLaw(0.05);
  expect(run(law, 20, () => 0.05)).toEqual(new Array(20).fill(0));
  for (const cost of [0.03, 0.04, 0.04, 0.07, 0.04]) law.observe(cost);
  expect(law.steps).toBe(0);
});

it('sees through a cost that falls into every other period', () => {
  const law = new ControlLaw(0.05);
  for (const cost of [0.154, 0.004, 0.154, 0.004]) law.observe(cost);
  expect(law.steps).toBe(1);
});

it('sheds step by step until the cost is within the budget, and stays there', () => {
  const law = new ControlLaw(0.05);
  const steps = run(law, 60, (taken) => 0.12 / (1 + taken));
  expect(steps.slice(2, 4)).toEqual([0, 1]);
  expect(Math.max(...steps)).toBe(2);
  expect(steps.slice(10).every((taken) => taken === 2)).toBe(true);
});

it('stretches the least valuable first, and sweeps least of all', () => {
  const law = new ControlLaw(0.01);
  const seen = SHED_STEPS.map(() => {
    run(law, 4, () => 1);
    return ['owners', 'counters', 'sweep'].map((task) => law.stretch(task)).join(' ');
  });
  expect(seen).toEqual(['4 1 1', '4 4 1', '4 4 2', '4 4 4', '4 4 8']);
  expect(law.stretch('send')).toBe(1);
  run(law, 10, () => 1);
  expect(law.steps).toBe(SHED_STEPS.length);
});

it('takes steps back when there is room, all of them in the end', () => {
  const law = new ControlLaw(0.05);
  run(law, 20, () => 0.2);
  expect(law.steps).toBe(5);
  expect(run(law, 5, () => 0.01)).toEqual([5, 5, 5, 5, 5]);
  expect(run(law, 30, () => 0.01).at(-1)).toBe(0);
});

it('goes back and forth ever less often where a step less is too much and a step more leaves room', () => {
  const law = new ControlLaw(0.05);
  const steps = run(law, 600, (taken) => (taken < 2 ? 0.06 : 0.02));
  const changes = (from: number, to: number): number =>
    steps.slice(from, to).filter((taken, at, all) => at > 0 && taken !== all[at - 1]).length;
  expect(changes(0, 100)).toBeGreaterThan(changes(500, 600));
  expect(changes(500, 600)).toBeLessThanOrEqual(4);
});
