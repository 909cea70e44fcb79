import { beforeAll, describe, expect, it } from 'vitest';
import { directionText } from '../../experiments/reference/frame.js';
import { byTcptrace, coverageOf, lookAt, type Seen } from './look.js';
import { measure } from './measure.js';
import { TRAFFIC_KINDS, type TrafficKind } from './traffic/kinds.js';

const LONGEST_S = 1.5;

describe.each(TRAFFIC_KINDS)('of $title, the samples', (kind) => {
  let places: Seen[] = [];
  beforeAll(async () => {
    const shortened = { ...kind, seconds: Math.min(kind.seconds, LONGEST_S) };
    places = await measure(shortened, (all) => Promise.all(all.map(lookAt)));
  });

  it('are each in the capture: its mark, its closing ACK, its class, and no doubt about them', () => {
    for (const { place, judged } of places) {
      expect(judged.length, place).toBeGreaterThan(0);
      const wrong = judged.filter(({ fault }) => fault !== undefined);
      expect(wrong.map(({ fault, sample }) => ({ place, fault, ...sample }))).toEqual([]);
    }
  });

  const measuresAll = kind.beyondBudget !== true;
  if (measuresAll)
    it('are there in every round trip outside recovery', () => {
      for (const seen of places)
        for (const { direction, missed } of coverageOf(seen))
          expect(missed, `${seen.place} ${direction}`).toEqual([]);
    });

  it('are, where exact, of the segment and the ACK that tshark pairs', () => {
    for (const { judged, captured } of places) {
      const frames = new Map(captured.frames.map((frame) => [frame.number, frame]));
      const exact = judged.flatMap(({ reading }) => (reading?.class === 'exact' ? reading : []));
      expect(exact.length).toBeGreaterThan(0);
      for (const { closingFrame, frame, turnaroundNs } of exact) {
        expect(frames.get(closingFrame)).toMatchObject({
          acksFrame: frame,
          ackRttNs: turnaroundNs,
        });
      }
    }
  });

  it('are held against a reading that has the round-trip times of tcptrace', () => {
    for (const { ours, theirs, ...direction } of places.flatMap(byTcptrace)) {
      expect(theirs?.samples, directionText(direction)).toBe(ours.length);
      if (!theirs) continue;
      expect(theirs.minMs).toBeCloseTo(Math.min(...ours) / 1e6, 0.9);
      expect(theirs.maxMs).toBeCloseTo(Math.max(...ours) / 1e6, 0.9);
      const mean = ours.reduce((sum, ns) => sum + ns, 0) / ours.length;
      expect(theirs.avgMs).toBeCloseTo(mean / 1e6, 0.9);
    }
  });

  it('were taken of the traffic that is meant', () => {
    for (const place of places) expectCharacter(kind, place);
  });
});

const MSS = 1460;
const WIRE = 2 ** 32;

function expectCharacter(kind: TrafficKind, seen: Seen): void {
  const { place, captured, readings, judged, tcptrace } = seen;
  const all = [...readings.byDirection.values()].flat();
  const longest = Math.max(...captured.frames.map(({ length }) => length));
  if (!kind.path.offloads) expect(longest).toBeLessThanOrEqual(MSS);
  else if (kind.mode !== 'dribble') expect(longest).toBeGreaterThan(MSS);
  expect(new Set(tcptrace.map(directionText)).size).toBe(2 * kind.flows);
  if (kind.path.lossPercent ?? kind.path.overtakingPercent) {
    const spoilers = new Set(all.map(({ spoiledBy }) => spoiledBy));
    expect(spoilers).toContain('recovery');
    expect(spoilers).toContain(place === 'near_client' ? 'sack' : 'hole');
  }
  if (kind.mode === 'dribble') {
    const delayed = judged.filter(({ sample }) => sample.turnaroundNs > 35e6);
    expect(delayed.length).toBeGreaterThan(kind.flows);
  }
  if (kind.firstSeq !== undefined) {
    const marks = judged.flatMap(({ reading }) => reading?.mark ?? []);
    expect(Math.min(...marks)).toBeLessThan(WIRE);
    expect(Math.max(...marks)).toBeGreaterThan(WIRE);
  }
}
