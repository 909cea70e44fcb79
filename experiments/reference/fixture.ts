import { type Frame, TCP } from './frame.js';

const ENDS = { a: '10.0.0.1:1000', b: '10.0.0.2:2000' };
export const A_TO_B = { src: ENDS.a, dst: ENDS.b };

/** A capture of one connection, written down step by step; times in microseconds. */
export class Script {
  readonly frames: Frame[] = [];

  /** A's first data byte will be `first`, B's 1. */
  constructor(private readonly first = 1) {
    this.#add(0, 'a', { seq: first - 1, flags: TCP.syn });
    this.#add(1, 'b', { seq: 0, ack: first, flags: TCP.syn | TCP.ack });
    this.#add(2, 'a', { seq: first, ack: 1 });
  }

  /** `bytes` from A, `at` bytes after its first. */
  data(timeUs: number, at: number, bytes: number): this {
    return this.#add(timeUs, 'a', { seq: this.first + at, ack: 1, length: bytes });
  }

  /** B acknowledges what is below `at`. */
  ack(timeUs: number, at: number, more: { sackFrom?: number; answer?: number } = {}): this {
    const sackStarts = more.sackFrom === undefined ? [] : [wire(this.first + more.sackFrom)];
    return this.#add(timeUs, 'b', {
      seq: 1,
      ack: this.first + at,
      length: more.answer ?? 0,
      sackStarts,
    });
  }

  #add(timeUs: number, from: 'a' | 'b', segment: Partial<Frame>): this {
    this.frames.push({
      number: this.frames.length + 1,
      timeNs: timeUs * 1000,
      src: from === 'a' ? ENDS.a : ENDS.b,
      dst: from === 'a' ? ENDS.b : ENDS.a,
      flags: TCP.ack,
      length: 0,
      sackStarts: [],
      ...segment,
      seq: wire(segment.seq ?? 0),
      ack: wire(segment.ack ?? 0),
    });
    return this;
  }
}

const wire = (seq: number): number => seq % 2 ** 32;
