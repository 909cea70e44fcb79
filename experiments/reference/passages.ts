import { type Direction, type Frame, TCP } from './frame.js';

interface Passed {
  /** Of the frame. */
  readonly number: number;
  readonly timeNs: number;
}

/** Payload or FIN of the direction; for a SYN, what it takes of the sequence space. */
export interface DataPassage extends Passed {
  readonly kind: 'syn' | 'data';
  readonly seq: number;
  readonly end: number;
}

/** An acknowledgment of the direction's data. */
export interface AckPassage extends Passed {
  readonly kind: 'ack';
  readonly ack: number;
  /** It reports data beyond the ACK. */
  readonly hasSack: boolean;
  /** It carries payload. */
  readonly piggyback: boolean;
  /** That payload was not seen before. */
  readonly answers: boolean;
}

export type Passage = DataPassage | AckPassage;

/**
 * What passed the capture of one direction of data, in order. Sequence numbers go on counting beyond 2^32: from here
 * on they compare as plain numbers, and those of captures that saw the same SYN are the same.
 */
export function passagesOf(frames: readonly Frame[], { src, dst }: Direction): Passage[] {
  const mine = new Unwrapped();
  const theirs = new Unwrapped();
  return frames.flatMap((frame): Passage[] => {
    if (frame.src === src && frame.dst === dst) return dataOf(frame, mine);
    if (frame.src === dst && frame.dst === src) return ackOf(frame, mine, theirs);
    return [];
  });
}

function dataOf(frame: Frame, mine: Unwrapped): Passage[] {
  const { number, timeNs, length, flags } = frame;
  const syn = (flags & TCP.syn) !== 0;
  const space = length + Number(syn) + Number((flags & TCP.fin) !== 0);
  if (flags & TCP.rst || space === 0) return [];
  const seq = mine.of(frame.seq);
  mine.reached(seq + space);
  return [{ kind: syn ? 'syn' : 'data', number, timeNs, seq, end: seq + space }];
}

function ackOf(frame: Frame, mine: Unwrapped, theirs: Unwrapped): Passage[] {
  const { number, timeNs, length, flags, sackStarts } = frame;
  if (flags & TCP.rst || !(flags & TCP.ack)) return [];
  const end = theirs.of(frame.seq) + length;
  const answers = length > 0 && theirs.isNew(end);
  theirs.reached(end);
  const ack = mine.of(frame.ack);
  // A block at or below the ACK (D-SACK, RFC 2883) reports a duplicate, not a hole.
  const hasSack = sackStarts.some((start) => mine.of(start) > ack);
  return [{ kind: 'ack', number, timeNs, ack, hasSack, piggyback: length > 0, answers }];
}

/** Sequence numbers of 32 bits, each taken for the one nearest to the highest so far (RFC 1982). */
class Unwrapped {
  #highest: number | undefined;

  of(wire: number): number {
    this.#highest ??= wire;
    return this.#highest + ((wire - this.#highest) | 0);
  }

  isNew(end: number): boolean {
    return this.#highest === undefined || end > this.#highest;
  }

  reached(end: number): void {
    if (this.isNew(end)) this.#highest = end;
  }
}
