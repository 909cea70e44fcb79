/** What the captures of one interface say of the monitor's samples there. */
import { type TcptraceRtt, tcptraceRtts } from '../../experiments/capture/tcptrace.js';
import { type Direction, directionsOf, directionText } from '../../experiments/reference/frame.js';
import type { Reading } from '../../experiments/reference/marks.js';
import { type Passage, passagesOf } from '../../experiments/reference/passages.js';
import { judge, type Judged, Readings } from './judge.js';
import type { Measured } from './measure.js';
import { roundTrips, type RoundTrip, withoutSample } from './round-trips.js';
import { isInOrder, segmentTurnarounds } from './segments.js';

export interface Seen extends Measured {
  readonly readings: Readings;
  readonly judged: readonly Judged[];
  readonly tcptrace: readonly TcptraceRtt[];
}

export async function lookAt(measured: Measured): Promise<Seen> {
  const readings = new Readings(measured.captured);
  return {
    ...measured,
    readings,
    judged: judge(measured, readings),
    tcptrace: await tcptraceRtts(measured.file),
  };
}

export interface Coverage {
  readonly direction: string;
  /** Outside recovery, one after the other. */
  readonly trips: readonly RoundTrip[];
  /** Of those, without a sample that left. */
  readonly missed: readonly RoundTrip[];
}

/** Of each direction in the capture. */
export function coverageOf({ readings, judged }: Seen): Coverage[] {
  const sampled = new Map<string, Reading[]>();
  for (const direction of readings.byDirection.keys()) sampled.set(direction, []);
  for (const { sample, reading } of judged) {
    if (reading) sampled.get(directionText(sample))?.push(reading);
  }
  return [...readings.byDirection].map(([direction, inDirection]) => {
    const trips = roundTrips(inDirection);
    return { direction, trips, missed: withoutSample(trips, sampled.get(direction) ?? []) };
  });
}

/** Round-trip times of one direction, in ns as the reference reads them, and as tcptrace does. */
export interface ByTcptrace extends Direction {
  readonly ours: readonly number[];
  readonly theirs: TcptraceRtt | undefined;
}

/** Of the directions in order: tcptrace has rules of its own for what is sent twice. */
export function byTcptrace({ captured, tcptrace }: Seen): ByTcptrace[] {
  const rtts = new Map(tcptrace.map((rtt) => [directionText(rtt), rtt]));
  return directionsOf(captured.frames).flatMap((direction) => {
    const passages = passagesOf(direction.frames, direction);
    return isInOrder(passages) ? [compared(direction, passages, rtts)] : [];
  });
}

const compared = (
  { src, dst }: Direction,
  passages: readonly Passage[],
  rtts: ReadonlyMap<string, TcptraceRtt>,
): ByTcptrace => ({
  src,
  dst,
  ours: segmentTurnarounds(passages),
  theirs: rtts.get(directionText({ src, dst })),
});
