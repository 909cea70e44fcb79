import { LAYOUTS } from '../common/schema/gen/layout.js';
import {
  COUNTER_BYTES,
  KEY_BYTES,
  type MonitorLayout,
  PROTOCOL_OFFSET,
  TAP_OFFSET,
} from './layout.js';

const WORD = 4;
const KEY_WORDS = KEY_BYTES / WORD;
const COUNTER_WORDS = COUNTER_BYTES / WORD;
const CREATED = KEY_WORDS;
const DIRECTIONS = [CREATED + 2, CREATED + 2 + COUNTER_WORDS] as const;
/** A writer holds a record for some 100 ns; it has been taken off its processor when it takes longer. */
const TRIES = 16;

/** The fields that `struct nv_sender` begins with, and `struct nv_stream`; the stream's next is in milliseconds. */
const OF_SENDER = [
  'wire_bytes',
  'payload_bytes',
  'last_seen_ns',
  'request_since_ns',
  'packets',
  'data_segments',
] as const;
const OF_STREAM = ['snd_max', 'ack_max', 'window_bytes'] as const;
const OUTSTANDING = LAYOUTS.flow_interval.fields.outstanding_since_ns.offset / WORD;
const MS = 1_000_000n;

/** What user space reads of a record: key, time of creation, counters of both directions. Reused for each. */
export class FlowRecord {
  readonly words = new Uint32Array(DIRECTIONS[1] + COUNTER_WORDS);
  readonly key = new DataView(this.words.buffer, 0, KEY_BYTES);
  /** Counters of the data from lo to hi, and back; `struct nv_flow_counters`. */
  readonly counters = DIRECTIONS.map((at) => this.words.subarray(at, at + COUNTER_WORDS));
  readonly #ofFlow: readonly Run[];
  readonly #ofDetails: readonly Run[];
  readonly #sequence: number;

  constructor(layout: MonitorLayout) {
    this.#sequence = layout.sequenceOffset / WORD;
    this.#ofFlow = [
      { from: 0, to: 0, words: KEY_WORDS },
      { from: layout.createdOffset / WORD, to: CREATED, words: 2 },
      ...DIRECTIONS.flatMap((to, n) => [
        ...fields(OF_SENDER, (layout.sendersOffset + n * layout.senderBytes) / WORD, to),
        ...fields(OF_STREAM, (layout.streamsOffset + n * layout.streamBytes) / WORD, to),
        {
          from: (layout.streamsOffset + n * layout.streamBytes) / WORD + OF_STREAM.length,
          to: to + OUTSTANDING,
          words: 1,
        },
      ]),
    ];
    this.#ofDetails = DIRECTIONS.map((to, n) => ({
      from: (n * layout.directionBytes) / WORD,
      to,
      words: COUNTER_WORDS,
    }));
  }

  get tap(): number {
    return this.words[TAP_OFFSET / WORD] ?? 0;
  }

  get protocol(): number {
    return this.key.getUint8(PROTOCOL_OFFSET);
  }

  /** Tells a record from the one that had its place before. */
  get created(): readonly [low: number, high: number] {
    return [this.words[CREATED] ?? 0, this.words[CREATED + 1] ?? 0];
  }

  /**
   * Copies the record whose parts begin at word `flow` and at word `details` of shared memory, as it was at one moment:
   * no CPU wrote between two reads of its sequence count. Answers false when that could not be had.
   * @param nowNs CLOCK_MONOTONIC
   */
  read(at: RecordParts, flow: number, details: number, nowNs: bigint): boolean {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const before = Atomics.load(at.flows, flow + this.#sequence);
      if (before % 2 === 1) continue;
      // The details first: what the flow itself holds of the counters takes the place of their zeros.
      this.#copy(this.#ofDetails, at.details, details);
      this.#copy(this.#ofFlow, at.flows, flow);
      if (Atomics.load(at.flows, flow + this.#sequence) !== before) continue;
      for (const counters of this.counters) widenOutstanding(counters, nowNs);
      return true;
    }
    return false;
  }

  #copy(runs: readonly Run[], memory: Uint32Array, at: number): void {
    const { words } = this;
    for (const run of runs) {
      for (let word = 0; word < run.words; word++) {
        words[run.to + word] = memory[at + run.from + word] ?? 0;
      }
    }
  }
}

/** Words that lie together in shared memory and in the copy. */
interface Run {
  readonly from: number;
  readonly to: number;
  readonly words: number;
}

/** Memory of both parts of all records; may be the same. */
export interface RecordParts {
  readonly flows: Uint32Array;
  readonly details: Uint32Array;
}

/** Counters that lie one after the other from word `from` on, at their places among those at word `to`. */
function fields(
  names: readonly (keyof typeof LAYOUTS.flow_interval.fields)[],
  from: number,
  to: number,
): Run[] {
  let next = from;
  return names.map((name) => {
    const { offset, size } = LAYOUTS.flow_interval.fields[name];
    const run = { from: next, to: to + offset / WORD, words: size / WORD };
    next += run.words;
    return run;
  });
}

/** From milliseconds modulo 2^32, as the kernel keeps them, to nanoseconds. */
function widenOutstanding(counters: Uint32Array, nowNs: bigint): void {
  const since = counters[OUTSTANDING] ?? 0;
  if (since === 0) {
    counters[OUTSTANDING + 1] = 0;
    return;
  }
  const nowMs = nowNs / MS;
  const agoMs = (Number(BigInt.asUintN(32, nowMs)) - since) | 0;
  const ns = (nowMs - BigInt(agoMs)) * MS;
  counters[OUTSTANDING] = Number(ns & 0xffffffffn);
  counters[OUTSTANDING + 1] = Number(ns >> 32n);
}
