import { beforeAll, describe, expect, it } from 'vitest';
import { type TcptraceRtt, tcptraceRtts } from '../../experiments/capture/tcptrace.js';
import { directionsOf, directionText } from '../../experiments/reference/frame.js';
import { passagesOf } from '../../experiments/reference/passages.js';
import type { Reading } from '../../experiments/reference/marks.js';
import { judge, type Judged, Readings } from './judge.js';
import { type Measured, measure } from './measure.js';
import { roundTrips, withoutSample } from './round-trips.js';
import { segmentTurnarounds } from './segments.js';
import { TRAFFIC_KINDS, type TrafficKind } from './traffic/kinds.js';

const LONGEST_S = 1.5;

interface Place extends Measured {
  readonly readings: Readings;
  readonly judged: readonly Judged[];
  readonly tcptrace: readonly TcptraceRtt[];
}

const lookAt = async (measured: Measured): Promise<Place> => {
  const readings = new Readings(measured.captured);
  return {
    ...measured,
    readings,
    judged: judge(measured, readings),
    tcptrace: await tcptraceRtts(measured.file),
  };
};

describe.each(TRAFFIC_KINDS)('of $title, the samples', (kind) => {
  let places: Place[] = [];
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
      for (const { place, judged, readings } of places) {
        const sampled = new Map<string, Reading[]>();
        for (const direction of readings.byDirection.keys()) sampled.set(direction, []);
        for (const { sample, reading } of judged) {
          if (reading) sampled.get(directionText(sample))?.push(reading);
        }
        for (const [direction, inDirection] of readings.byDirection) {
          const missed = withoutSample(roundTrips(inDirection), sampled.get(direction) ?? []);
          expect(missed, `${place} ${direction}`).toEqual([]);
        }
      }
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
    for (const { captured, readings, tcptrace } of places) {
      const rtts = new Map(tcptrace.map((rtt) => [directionText(rtt), rtt]));
      for (const direction of directionsOf(captured.frames)) {
        const inDirection = readings.byDirection.get(directionText(direction)) ?? [];
        // tcptrace has rules of its own for what is sent twice.
        if (inDirection.some(({ disturbed }) => disturbed)) continue;
        const ours = segmentTurnarounds(passagesOf(direction.frames, direction));
        const theirs = rtts.get(directionText(direction));
        expect(theirs?.samples, directionText(direction)).toBe(ours.length);
        if (!theirs) continue;
        expect(theirs.minMs).toBeCloseTo(Math.min(...ours) / 1e6, 0.9);
        expect(theirs.maxMs).toBeCloseTo(Math.max(...ours) / 1e6, 0.9);
        const mean = ours.reduce((sum, ns) => sum + ns, 0) / ours.length;
        expect(theirs.avgMs).toBeCloseTo(mean / 1e6, 0.9);
      }
    }
  });

  it('were taken of the traffic that is meant', () => {
    for (const place of places) expectCharacter(kind, place);
  });
});

const MSS = 1460;
const WIRE = 2 ** 32;

function expectCharacter(kind: TrafficKind, seen: Place): void {
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
