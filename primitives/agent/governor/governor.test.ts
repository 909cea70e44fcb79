import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Governor, PERIOD_MS } from './governor.js';

interface Row extends Record<string, unknown> {
  readonly stream: string;
}

let rows: Row[];
let cpuMs: number;
let awaited: boolean;
let governor: Governor;
const said: string[] = [];
const hears = (text: string): void => void said.push(text);

beforeEach(() => {
  vi.useFakeTimers();
  [rows, cpuMs, awaited, said.length] = [[], 0, false, 0];
  governor = new Governor({
    budget: 0.05,
    isAwaited: () => awaited,
    cpuMs: () => cpuMs,
    programs: () => Promise.resolve(0.02),
    outbox: { rows: (stream, made) => void rows.push(...made.map((row) => ({ stream, ...row }))) },
    log: { info: hears, warn: hears },
  });
});
afterEach(() => void vi.useRealTimers());

/** So many periods of an agent that takes this share of a processor. */
async function periods(count: number, share: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await vi.advanceTimersByTimeAsync(PERIOD_MS);
    cpuMs += share * PERIOD_MS;
    await governor.look();
  }
}

const newest = (object: string): unknown =>
  rows.filter((row) => row['object'] === object).at(-1)?.['value'];

it('sheds nothing while the agent warms up, and above its budget one step after another', async () => {
  await periods(6, 0.5);
  expect(governor.stretch('owners')).toBe(1);
  await periods(4, 0.12);
  expect(governor.stretch('owners')).toBe(4);
  expect(governor.stretch('sweep')).toBe(1);
  expect(said).toEqual([
    'the agent does less (step 1): it took 12.0 % of a processor, 5.0 % is the budget',
  ]);
  expect([newest('process'), newest('governor'), newest('programs')]).toEqual([0.12, 1, 0.02]);
});

it('sheds nothing while a flow is traced, and holds no tracing against the budget', async () => {
  await periods(30, 0.12);
  expect(governor.stretch('sweep')).toBe(8);
  awaited = true;
  expect(governor.stretch('sweep')).toBe(1);
  await periods(3, 0.9);
  awaited = false;
  // Part of this period was of the tracing.
  await periods(1, 0.9);
  const before = newest('governor');
  await periods(30, 0.01);
  expect(before).toBe(5);
  expect(newest('governor')).toBe(0);
});

it('writes down how many runs it left out', async () => {
  await periods(10, 0.12);
  rows.length = 0;
  governor.ran('owners');
  governor.ran('owners');
  governor.ran('send');
  await periods(1, 0.12);
  expect(rows.filter(({ stream }) => stream === 'loss_account')).toMatchObject([
    { place: 'agent owners', reason: 'shed', records: 6 },
  ]);
});
