import { expect, it } from 'vitest';
import { Spool, type WaitingBatch } from './spool.js';

const batch = (stream: WaitingBatch['stream'], text: string, rows = 10): WaitingBatch => ({
  stream,
  rows,
  bytes: Buffer.from(text),
  sinceNs: 0n,
});
const order = (spool: Spool): string[] => {
  const texts: string[] = [];
  for (let next = spool.take(); next !== undefined; next = spool.take()) {
    texts.push(Buffer.from(next.bytes).toString());
  }
  return texts;
};

it('pushes out the oldest bulk batches first, by number and by bytes, and counts their rows', () => {
  const byNumber = new Spool({ bytes: 1000, batches: 3 });
  byNumber.push(batch('alert', 'a'));
  for (const text of ['f1', 'f2', 'f3', 'f4']) byNumber.push(batch('flow_interval', text));
  expect(byNumber.takeDropped()).toBe(20);
  expect(byNumber.takeDropped()).toBe(0);
  expect(order(byNumber)).toEqual(['a', 'f3', 'f4']);

  const byBytes = new Spool({ bytes: 5, batches: 100 });
  for (const text of ['f1', 'f2', 'f3']) byBytes.push(batch('flow_interval', text));
  byBytes.push(batch('arming', 'x'));
  expect(byBytes.takeDropped()).toBe(10);
  expect(order(byBytes)).toEqual(['x', 'f2', 'f3']);
});

it('sends a batch that was put back before the others of its kind', () => {
  const spool = new Spool({ bytes: 100, batches: 100 });
  for (const text of ['f1', 'f2']) spool.push(batch('flow_interval', text));
  const first = spool.take();
  if (first !== undefined) spool.putBack(first);
  spool.push(batch('alert', 'a'));
  expect(order(spool)).toEqual(['a', 'f1', 'f2']);
});
