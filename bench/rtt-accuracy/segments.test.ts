import { expect, it } from 'vitest';
import type { AckPassage, DataPassage } from '../../experiments/reference/passages.js';
import { isInOrder, segmentTurnarounds } from './segments.js';

let frames = 0;
const data = (timeNs: number, seq: number, end: number): DataPassage => ({
  kind: 'data',
  number: frames++,
  timeNs,
  seq,
  end,
});
const ack = (timeNs: number, upTo: number): AckPassage => ({
  kind: 'ack',
  number: frames++,
  timeNs,
  ack: upTo,
  hasSack: false,
  piggyback: false,
  answers: false,
});

it('of segments in order, those count that an ACK met at their end', () => {
  const passages = [data(0, 0, 10), data(1, 10, 20), ack(5, 20), data(6, 20, 30), ack(9, 25)];
  expect(isInOrder(passages)).toBe(true);
  expect(segmentTurnarounds(passages)).toEqual([4]);
});

it('a direction is out of order where a segment comes again, also after its ACK, or late', () => {
  expect(isInOrder([data(0, 0, 10), data(1, 0, 10), ack(5, 10)])).toBe(false);
  expect(isInOrder([data(0, 0, 10), ack(5, 10), data(6, 0, 10), ack(9, 10)])).toBe(false);
  expect(isInOrder([data(0, 0, 10), data(1, 20, 30), data(2, 10, 20)])).toBe(false);
});
