/** Samples of the monitor against the capture of the same interface. */
import type { CapturedFrames } from '../../experiments/capture/tshark.js';
import type { Measured, Sample } from './measure.js';
import { type Direction, directionsOf, directionText } from '../../experiments/reference/frame.js';
import { type Reading, readMarks } from '../../experiments/reference/marks.js';
import { type Passage, passagesOf } from '../../experiments/reference/passages.js';

const WIRE = 2 ** 32;

/**
 * Two processors may carry one flow at one hook, and a capture at egress comes after the tap: of packets that passed
 * this close together the monitor may have seen the other first.
 */
const ORDER_NS = 5000;

/** Every byte of a capture that could be a mark, by direction. */
export class Readings {
  /** In the order of the capture. */
  readonly byDirection = new Map<string, readonly Reading[]>();
  readonly #byMark = new Map<string, Reading[]>();

  constructor(private readonly captured: CapturedFrames) {
    for (const direction of directionsOf(captured.frames)) {
      this.#read(direction, passagesOf(direction.frames, direction));
    }
  }

  /** The sample's mark, in each order in which the monitor may have seen what passed. */
  find(sample: Sample): Reading[] {
    const startNs = Number(sample.startNs - this.captured.originNs);
    const readings = this.#byMark.get(markKey(sample, sample.mark)) ?? [];
    // After a wrap there are several marks of that number: the nearest in time is meant.
    const far = ({ startNs: at }: Reading): number => Math.abs(at - startNs);
    const nearest = Math.min(...readings.map(far));
    return readings.filter((reading) => far(reading) === nearest);
  }

  #read(direction: Direction, passages: readonly Passage[]): void {
    const asCaptured = readMarks(passages);
    this.byDirection.set(directionText(direction), asCaptured);
    const earlierAcks = readMarks(withAcksMoved(passages, -ORDER_NS));
    const laterAcks = readMarks(withAcksMoved(passages, ORDER_NS));
    const dataInOrder = readMarks(withDataInOrder(passages));
    for (const reading of [asCaptured, earlierAcks, laterAcks, dataInOrder].flat()) {
      const key = markKey(direction, reading.mark % WIRE);
      const known = this.#byMark.get(key);
      if (known) known.push(reading);
      else this.#byMark.set(key, [reading]);
    }
  }
}

function withAcksMoved(passages: readonly Passage[], byNs: number): Passage[] {
  const at = ({ kind, timeNs }: Passage): number => timeNs + (kind === 'ack' ? byNs : 0);
  return [...passages].sort((a, b) => at(a) - at(b));
}

/** Segments that overtook others by less than can be told, in the order of their bytes. */
function withDataInOrder(passages: readonly Passage[]): Passage[] {
  const ordered: Passage[] = [];
  for (const passage of passages) {
    let at = ordered.length;
    for (let before = at - 1; before >= 0; before--) {
      const other = ordered[before];
      if (other === undefined || passage.timeNs - other.timeNs > ORDER_NS) break;
      if (passage.kind === 'data' && other.kind === 'data' && other.seq >= passage.end) at = before;
    }
    ordered.splice(at, 0, passage);
  }
  return ordered;
}

const markKey = (direction: Direction, mark: number): string =>
  `${directionText(direction)} ${mark}`;

/** One sample, and what the capture says of it. */
export interface Judged {
  readonly sample: Sample;
  readonly reading: Reading | undefined;
  /** What is wrong with it; undefined if nothing is. */
  readonly fault: string | undefined;
}

export const judge = ({ samples }: Measured, readings: Readings): Judged[] =>
  samples.map((sample) => judgeOne(sample, readings.find(sample)));

function judgeOne(sample: Sample, readings: readonly Reading[]): Judged {
  const judged = readings.map((reading) => ({
    sample,
    reading,
    fault: faultOf(sample, reading),
  }));
  const none = { sample, reading: undefined, fault: 'no acknowledged frame holds its mark' };
  return judged.find(({ fault }) => fault === undefined) ?? judged[0] ?? none;
}

function faultOf(sample: Sample, reading: Reading): string | undefined {
  if (reading.spoiledBy !== undefined) return `ambiguous: ${reading.spoiledBy}`;
  const closingAck = reading.closingAck % WIRE;
  if (sample.closingAck !== closingAck) return `closed by ACK ${closingAck} in the capture`;
  if (sample.class !== reading.class) return `its class is ${reading.class} in the capture`;
  if (sample.piggyback !== reading.piggyback) return 'data on the closing ACK';
  if (reading.kind === 'other') return 'neither a multiple of 2^14 nor the first after a pause';
  return undefined;
}
