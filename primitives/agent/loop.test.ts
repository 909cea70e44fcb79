import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLog } from './log.js';
import { Loop } from './loop.js';

const EVERY_MS = 500;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Starts of a task within the time, which takes `takesMs` each time. */
async function startsWithin(forMs: number, takesMs: number, share: number): Promise<number> {
  let starts = 0;
  const task = async (): Promise<void> => {
    starts++;
    await new Promise((done) => setTimeout(done, takesMs));
  };
  const loop = new Loop('task', task, createLog('host'), () => ({ everyMs: EVERY_MS, share }));
  loop.start();
  await vi.advanceTimersByTimeAsync(forMs);
  const stopped = loop.stop();
  await vi.advanceTimersByTimeAsync(takesMs);
  await stopped;
  return starts;
}

it('runs a short task each time', async () => {
  expect(await startsWithin(10_000, 10, 1 / 8)).toBe(20);
});

it('runs a long task less often, so that it takes no more than its share', async () => {
  // 250 ms at work are 1750 ms of rest: one start in four ticks.
  expect(await startsWithin(10_000, 250, 1 / 8)).toBe(5);
});

it('runs a long task each time when all of the time is its own', async () => {
  expect(await startsWithin(10_000, 250, 1)).toBe(20);
});

it('runs at multiples of its interval, at once when it is woken, and no more when stopped', async () => {
  let everyMs = 1000;
  const at: number[] = [];
  const loop = new Loop(
    'task',
    () => void at.push(Math.round(performance.now())),
    createLog('host'),
    () => ({ everyMs }),
  );
  await vi.advanceTimersByTimeAsync(300);
  loop.start();
  await vi.advanceTimersByTimeAsync(2000);
  everyMs = 250;
  loop.wake();
  await vi.advanceTimersByTimeAsync(400);
  await loop.stop();
  loop.wake();
  await vi.advanceTimersByTimeAsync(5000);
  const [first = 0] = at;
  expect(first % 1000).toBe(0);
  expect(at.map((ms) => ms - first)).toEqual([0, 1000, 1300, 1500]);
});
