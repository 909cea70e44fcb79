import { expect, it, vi } from 'vitest';
import { fromArrow } from '../common/schema/arrow.js';
import { rowsFromBatch } from '../common/schema/columns.js';
import { Outbox } from './outbox.js';
import type { SpooledBatch } from './spool.js';

const counter = (value: number): object => ({
  ...{ source: 'device', object: 'eth0', metric: 'rx_packets', unit: 'packets' },
  ...{ value, temporality: 'counter' },
});
const arming = { incident: 'i', state: 'armed', detail: '', probes: '' };

function outbox(armed = false, behind = () => false): { sent: SpooledBatch[]; box: Outbox } {
  const sent: SpooledBatch[] = [];
  const box = new Outbox(
    {
      get isBehind() {
        return behind();
      },
      send: (batch) => void sent.push(batch),
    },
    'a',
    () => armed,
  );
  return { sent, box };
}

const values = ({ stream, bytes }: SpooledBatch): unknown[] =>
  rowsFromBatch(fromArrow(stream, bytes)).map(({ value }) => value);

it('holds what nobody waits for, and sends it as one batch a stream, in order', () => {
  const { sent, box } = outbox();
  for (const value of [1, 2, 3]) box.rows('host_counter', [counter(value)]);
  expect(sent).toEqual([]);
  box.flush();
  box.flush();
  expect(sent.map(values)).toEqual([[1, 2, 3]]);
});

it('sends what is held right behind an alert', () => {
  const { sent, box } = outbox();
  box.rows('host_counter', [counter(1)]);
  box.rows('arming', [arming]);
  expect(sent.map(({ stream }) => stream)).toEqual(['arming', 'host_counter']);
});

it('is awaited while flows are traced, and for some seconds after: their incident is judged still', () => {
  vi.useFakeTimers();
  expect(outbox(true).box.isAwaited).toBe(true);
  const { sent, box } = outbox();
  expect(box.isAwaited).toBe(false);
  box.rows('host_counter', [counter(1)]);
  box.rows('arming', [arming]);
  expect(sent).toHaveLength(2);
  expect(box.isAwaited).toBe(true);
  vi.advanceTimersByTime(60_000);
  expect(box.isAwaited).toBe(false);
  vi.useRealTimers();
});

it('sends what others need to be understood at once', () => {
  const { sent, box } = outbox();
  box.rows('host_counter', [counter(1)]);
  box.rows('loss_account', [{ place: 'spool', reason: 'full', probe: '', cpu: -1, records: 1n }]);
  expect(sent.map(({ stream }) => stream)).toEqual(['loss_account']);
});

it('holds not more than some hundred rows, and some thousand where the next flush is near', () => {
  const put = ({ sent, box }: ReturnType<typeof outbox>, rows: number): number => {
    for (let value = 0; value < rows; value++) box.rows('host_counter', [counter(value)]);
    return sent.length;
  };
  expect(put(outbox(), 1000)).toBe(1);
  expect(put(outbox(true), 1000)).toBe(0);
  expect(put(outbox(true), 5000)).toBe(1);
});

it('holds more while what left before waits still', () => {
  let behind = true;
  const { sent, box } = outbox(true, () => behind);
  box.rows('host_counter', [counter(1)]);
  box.flush();
  box.rows('host_counter', [counter(2)]);
  expect(sent).toEqual([]);
  behind = false;
  box.flush();
  expect(sent.map(values)).toEqual([[1, 2]]);
});
