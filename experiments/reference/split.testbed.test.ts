import { beforeAll, describe, expect, it } from 'vitest';
import { EDGES, type PathSplit, splitOf, withEdges } from '../../analyzer/ledgers/delay.js';
import type { MarkRow } from '../../analyzer/ledgers/observe.js';
import { ascending, median, quantile } from '../results/quantile.js';
import { type Direction, directionsOf, directionText } from './frame.js';
import { type LiveRun, liveRun } from './live-run.js';
import { type Reading, readMarks } from './marks.js';
import { passagesOf } from './passages.js';
import { type MarkSplit, type Place, splitMarks } from './split.js';

const WIRE = 2 ** 32;
/** Of the 40 ms of TCP's timer. */
const DELAYED_ACK_US = 35e3;

/** A mark of both, by the live system and by the reference. */
interface Pair {
  readonly live: MarkRow;
  readonly reference: MarkSplit | undefined;
}

/** Host a sends in one direction of each connection, host b in the other: then what is first on the path is last. */
const MIRRORED = { ap: 'bp', au: 'bu', bu: 'au', bp: 'ap' } as const;

class Reference {
  readonly readings: Reading[] = [];
  readonly #splits = new Map<string, MarkSplit>();

  constructor({ captures }: LiveRun) {
    const [{ src: first } = { src: '' }] = captures.ap.frames;
    for (const direction of directionsOf(captures.ap.frames)) {
      const fromA = hostOf(direction.src) === hostOf(first);
      const read = (place: Place): Reading[] =>
        readMarks(passagesOf(captures[fromA ? place : MIRRORED[place]].frames, direction));
      const readings = { ap: read('ap'), au: read('au'), bu: read('bu'), bp: read('bp') };
      this.readings.push(...Object.values(readings).flat());
      for (const split of splitMarks(readings))
        this.#splits.set(key(direction, split.mark % WIRE, split.closingAck % WIRE), split);
    }
  }

  get size(): number {
    return this.#splits.size;
  }

  of({ src, src_port, dst, dst_port, mark, closing_ack }: MarkRow): MarkSplit | undefined {
    const direction = { src: `${src}:${src_port}`, dst: `${dst}:${dst_port}` };
    return this.#splits.get(key(direction, mark, closing_ack));
  }
}

const hostOf = (end: string): string => end.split(':')[0] ?? '';
const key = (direction: Direction, mark: number, ack: number): string =>
  `${directionText(direction)} ${mark} ${ack}`;

/** Microseconds, as the analyzer has them. */
const termsOf = (split: PathSplit): number[] => [
  split.sender_host ?? NaN,
  split.network ?? NaN,
  split.receiver_host ?? NaN,
  split.receiver_pod ?? NaN,
];

const referenceTerms = (split: MarkSplit): number[] =>
  [split.senderHostNs, split.networkNs, split.receiverHostNs, split.receiverPodNs].map(
    (ns) => ns / 1000,
  );

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b);

describe.each([
  { packets: 'super-packets, merged by GRO', offloads: true },
  { packets: 'one segment a packet, no GRO', offloads: false },
])('at 10 Mbit/s with 2 % loss and delayed ACKs, $packets, the live split', ({ offloads }) => {
  let reference: Reference;
  let pairs: Pair[];
  beforeAll(async () => {
    const run = await liveRun(offloads);
    reference = new Reference(run);
    pairs = run.marks.map((live) => ({ live, reference: reference.of(live) }));
  });

  it('has marks only that the reference has, with the same class', () => {
    expect(pairs.length).toBeGreaterThan(100);
    const strange = pairs.filter(({ live, reference: split }) => split?.class !== live.class);
    expect(strange).toEqual([]);
  });

  it('has nearly all of those that the reference has', () => {
    expect(pairs.length / reference.size).toBeGreaterThan(0.9);
  });

  // No target of accuracy (bench/rtt-accuracy has that): terms of milliseconds on a machine that may be busy.
  it('has the same terms, mark by mark', () => {
    const off = pairs.flatMap(({ live, reference: split }) => {
      const theirs = split ? referenceTerms(split) : [];
      return termsOf(splitOf(live)).map((us, i) => Math.abs(us - (theirs[i] ?? NaN)));
    });
    expect(off).not.toContain(NaN);
    expect(quantile(ascending(off), 0.95)).toBeLessThan(100);
    expect(Math.max(...off)).toBeLessThan(5000);
  });

  it('adds up, mark by mark, to what passed between data and ACK at the pod of the sender', () => {
    const off = pairs.map(({ live, reference: split }) => {
      const whole = (split?.turnaroundNs.ap ?? NaN) / 1000;
      return Math.abs(sum(termsOf(withEdges(live))) - whole);
    });
    expect(off).not.toContain(NaN);
    expect(quantile(ascending(off), 0.95)).toBeLessThan(100);
    const traced = pairs.filter(({ live }) => EDGES.every((edge) => live[edge] !== null));
    expect(traced.length / pairs.length).toBeGreaterThan(0.5);
  });

  it('puts the queue into the network and the delayed ACK into the receiving pod', () => {
    const splits = pairs.map(({ live }) => splitOf(live));
    const delayed = splits.filter(({ receiver_pod }) => (receiver_pod ?? 0) > DELAYED_ACK_US);
    expect(delayed.length).toBeGreaterThan(5);
    for (const { sender_host, receiver_host, receiver_pod } of delayed)
      expect((sender_host ?? NaN) + (receiver_host ?? NaN)).toBeLessThan(receiver_pod ?? NaN);
    const network = splits.map((split) => split.network ?? NaN);
    expect(median(network)).toBeGreaterThan(1000);
  });

  it('was measured while packets were lost and sent again', () => {
    const spoilers = new Set(reference.readings.map(({ spoiledBy }) => spoiledBy));
    expect([...spoilers]).toEqual(expect.arrayContaining(['hole', 'sack', 'resent', 'recovery']));
  });
});
