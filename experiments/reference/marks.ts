import type { AckPassage, DataPassage, Passage } from './passages.js';

const MARK_SPACING = 2 ** 14;
const IDLE_NS = 20e6;
/** A tap tells silence by a clock with ticks of 4 ms: this close to 20 ms it may take it for a pause or not. */
const TICK_NS = 4e6;

/** What makes the turnaround of a byte say nothing of the path (design: the clock-free split). */
export type Spoiler = 'resent' | 'hole' | 'sack' | 'recovery';

/** A byte that passed the capture, and the ACK beyond it that passed back. */
export interface Reading {
  /** The byte's sequence number; it and `closingAck` count on beyond 2^32. */
  readonly mark: number;
  /**
   * `multiple` of 2^14, `first` of a turn or after 20 ms of silence, `perhaps` first after a silence of nearly that,
   * or the first byte of any `other` packet.
   */
  readonly kind: 'multiple' | 'first' | 'perhaps' | 'other';
  /** The first frame that holds the byte. */
  readonly frame: number;
  readonly startNs: number;
  readonly closingFrame: number;
  readonly closingAck: number;
  readonly turnaroundNs: number;
  readonly class: 'exact' | 'cumulative' | 'partial';
  readonly piggyback: boolean;
  /** A re-send, a hole or a SACK at or below the end of the frame while it was open, or before that and not yet healed. */
  readonly spoiledBy: Spoiler | undefined;
  /** The same wherever in the direction. */
  readonly disturbed: boolean;
}

/** Every byte mark of one direction, and the first byte of every packet, that was acknowledged. */
export function readMarks(passages: readonly Passage[]): Reading[] {
  const reader = new MarkReader();
  for (const passage of passages) reader.take(passage);
  return reader.readings;
}

interface Open {
  readonly mark: number;
  readonly kind: Reading['kind'];
  readonly frame: DataPassage;
  spoiledBy: Spoiler | undefined;
  disturbed: boolean;
}

class MarkReader {
  readonly readings: Reading[] = [];
  #open: Open[] = [];
  #highestEnd = -Infinity;
  #highestAck = -Infinity;
  #lastDataNs = -Infinity;
  #turn: 'mine' | 'theirs' | undefined;
  /** Until all that was seen before the last disturbance is acknowledged. */
  #recoversAt = -Infinity;

  take(passage: Passage): void {
    if (passage.kind === 'ack') this.#ack(passage);
    else this.#data(passage);
  }

  #data(data: DataPassage): void {
    const known = this.#highestEnd > -Infinity;
    const spoiler = !known
      ? undefined
      : data.seq < this.#highestEnd
        ? 'resent'
        : data.seq > this.#highestEnd
          ? 'hole'
          : undefined;
    const kind = known ? this.#kindOfFirst(data) : 'other';
    const below = Math.min(data.seq, this.#highestEnd);
    this.#highestEnd = Math.max(this.#highestEnd, data.end);
    if (spoiler) this.#disturb(spoiler, below);
    if (data.kind === 'data') {
      this.#openMarks(data, kind, spoiler);
      this.#turn = 'mine';
    }
    this.#lastDataNs = data.timeNs;
  }

  /** That nothing is outstanding is not enough: near the receiver that is so before each packet of a stream. */
  #kindOfFirst({ timeNs }: DataPassage): Reading['kind'] {
    if (this.#highestEnd > this.#highestAck) return 'other';
    if (this.#turn !== 'mine') return 'first';
    const silenceNs = timeNs - this.#lastDataNs;
    if (Math.abs(silenceNs - IDLE_NS) < TICK_NS) return 'perhaps';
    return silenceNs > IDLE_NS ? 'first' : 'other';
  }

  #openMarks(frame: DataPassage, first: Reading['kind'], spoiler: Spoiler | undefined): void {
    const recovering = this.#recoversAt > this.#highestAck ? 'recovery' : undefined;
    const spoiledBy = spoiler ?? recovering;
    const open = (mark: number, kind: Reading['kind']): void => {
      const known = mark < this.#highestAck || this.#open.some((o) => o.mark === mark);
      if (spoiler === 'resent' && known) return;
      this.#open.push({ mark, kind, frame, spoiledBy, disturbed: spoiledBy !== undefined });
    };
    if (frame.seq % MARK_SPACING !== 0) open(frame.seq, first);
    for (let mark = Math.ceil(frame.seq / MARK_SPACING) * MARK_SPACING; mark < frame.end;) {
      open(mark, 'multiple');
      mark += MARK_SPACING;
    }
  }

  #ack(ack: AckPassage): void {
    if (ack.answers) this.#turn = 'theirs';
    if (ack.hasSack) this.#disturb('sack', ack.ack);
    if (ack.ack <= this.#highestAck) return;
    this.#highestAck = ack.ack;
    // It passed elsewhere, or before the capture began.
    if (ack.ack > this.#highestEnd) {
      this.#highestEnd = ack.ack;
      for (const open of this.#open) open.disturbed = true;
    }
    const closed = this.#open.filter(({ mark }) => mark < ack.ack);
    this.#open = this.#open.filter(({ mark }) => mark >= ack.ack);
    for (const open of closed) this.readings.push(readingOf(open, ack));
  }

  #disturb(spoiler: Spoiler, from: number): void {
    this.#recoversAt = this.#highestEnd;
    for (const open of this.#open) {
      open.disturbed = true;
      if (from <= open.frame.end) open.spoiledBy ??= spoiler;
    }
  }
}

const readingOf = ({ frame, ...open }: Open, ack: AckPassage): Reading => ({
  ...open,
  frame: frame.number,
  startNs: frame.timeNs,
  closingFrame: ack.number,
  closingAck: ack.ack,
  turnaroundNs: ack.timeNs - frame.timeNs,
  class: ack.ack === frame.end ? 'exact' : ack.ack > frame.end ? 'cumulative' : 'partial',
  piggyback: ack.piggyback,
});
