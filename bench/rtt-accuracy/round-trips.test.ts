import { expect, it } from 'vitest';
import type { Reading } from '../../experiments/reference/marks.js';
import { roundTrips, withoutSample } from './round-trips.js';

const reading = (startNs: number, turnaroundNs: number, more: Partial<Reading> = {}): Reading => ({
  mark: 0,
  kind: 'multiple',
  frame: 0,
  startNs,
  closingFrame: 0,
  closingAck: 0,
  turnaroundNs,
  class: 'exact',
  piggyback: false,
  spoiledBy: undefined,
  disturbed: false,
  ...more,
});

it('round trips follow one another and leave out what was disturbed or is no sure mark', () => {
  const readings = [
    reading(300, 100),
    reading(0, 100),
    reading(50, 100),
    reading(120, 10, { disturbed: true }),
    reading(140, 10, { kind: 'perhaps' }),
    reading(160, 10, { kind: 'other' }),
  ];
  expect(roundTrips(readings)).toEqual([
    { startNs: 0, endNs: 100 },
    { startNs: 300, endNs: 400 },
  ]);
});

it('a round trip is missed when no sample was open in it', () => {
  const trips = roundTrips([reading(0, 100), reading(200, 100), reading(400, 100)]);
  const samples = [reading(90, 50), reading(310, 10)];
  expect(withoutSample(trips, samples).map(({ startNs }) => startNs)).toEqual([200, 400]);
});
