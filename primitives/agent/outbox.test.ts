import { expect, it, vi } from 'vitest';
import { fromArrow } from '../common/schema/arrow.js';
import { rowsFromBatch } from '../common/schema/columns.js';
import { Outbox } from './outbox.js';
import type { SpooledBatch } from './spool.js';

const counter = (value: number): object => ({
  ...{ source: 'device', object: 'eth0', metric: 'rx_packets', unit: 'packets' },
  ...{ value, temporality: 'counter' },
});
const arming = { incident: 'i', state: 'armed', detail: '' };

function outbox(armed = false): { sent: SpooledBatch[]; box: Outbox } {
  const sent: SpooledBatch[] = [];
  const box = new Outbox({ send: (batch) => void sent.push(batch) }, 'a', () => armed);
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

it('holds nothing for some seconds after flows were traced: their incident is judged still', () => {
  vi.useFakeTimers();
  const { sent, box } = outbox();
  box.rows('arming', [arming]);
  box.rows('host_counter', [counter(1)]);
  expect(sent).toHaveLength(2);
  vi.advanceTimersByTime(60_000);
  box.rows('host_counter', [counter(2)]);
  expect(sent).toHaveLength(2);
  vi.useRealTimers();
});

it('sends what others need to be understood at once', () => {
  const { sent, box } = outbox();
  box.rows('host_counter', [counter(1)]);
  box.rows('loss_account', [{ place: 'spool', reason: 'full', records: 1n }]);
  expect(sent.map(({ stream }) => stream)).toEqual(['loss_account']);
});

it('holds nothing while somebody waits, and not more than some hundred rows', () => {
  const waited = outbox(true);
  waited.box.rows('host_counter', [counter(1)]);
  expect(waited.sent).toHaveLength(1);
  const { sent, box } = outbox();
  for (let value = 0; value < 1000; value++) box.rows('host_counter', [counter(value)]);
  expect(sent.length).toBeGreaterThan(0);
});
