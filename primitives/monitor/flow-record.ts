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

/** The gauges that `struct nv_stream` holds, in its order; the last is in milliseconds there. */
const GAUGES = ['snd_max', 'ack_max', 'window_bytes'] as const;
const OUTSTANDING = LAYOUTS.flow_interval.fields.outstanding_since_ns.offset / WORD;
const MS = 1_000_000n;

/** What user space reads of a record: key, time of creation, counters of both directions. Reused for each. */
export class FlowRecord {
  readonly words = new Uint32Array(DIRECTIONS[1] + COUNTER_WORDS);
  readonly key = new DataView(this.words.buffer, 0, KEY_BYTES);
  /** Counters of the data from lo to hi, and back; `struct nv_flow_counters`. */
  readonly counters = DIRECTIONS.map((at) => this.words.subarray(at, at + COUNTER_WORDS));
  readonly #runs: readonly { readonly from: number; readonly to: number; readonly words: number }[];
  readonly #sequence: number;

  constructor(layout: MonitorLayout) {
    this.#sequence = layout.sequenceOffset / WORD;
    const stream = (n: number): number => (layout.streamsOffset + n * layout.streamBytes) / WORD;
    const direction = (n: number): number =>
      (layout.directionsOffset + n * layout.directionBytes) / WORD;
    this.#runs = [
      { from: 0, to: 0, words: KEY_WORDS },
      { from: layout.createdOffset / WORD, to: CREATED, words: 2 },
      { from: direction(0), to: DIRECTIONS[0], words: COUNTER_WORDS },
      { from: direction(1), to: DIRECTIONS[1], words: COUNTER_WORDS },
      ...DIRECTIONS.flatMap((to, n) =>
        GAUGES.map((name, word) => ({
          from: stream(n) + word,
          to: to + LAYOUTS.flow_interval.fields[name].offset / WORD,
          words: 1,
        })),
      ),
      ...DIRECTIONS.map((to, n) => ({
        from: stream(n) + GAUGES.length,
        to: to + OUTSTANDING,
        words: 1,
      })),
    ];
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
   * Copies the record that begins at word `at` of shared memory, as it was at one moment: no CPU wrote between two reads
   * of its sequence count. Answers false when that could not be had. `nowNs` is CLOCK_MONOTONIC.
   */
  read(memory: Uint32Array, at: number, nowNs: bigint): boolean {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const before = Atomics.load(memory, at + this.#sequence);
      if (before % 2 === 1) continue;
      this.#copy(memory, at);
      if (Atomics.load(memory, at + this.#sequence) !== before) continue;
      for (const counters of this.counters) widenOutstanding(counters, nowNs);
      return true;
    }
    return false;
  }

  #copy(memory: Uint32Array, at: number): void {
    const { words } = this;
    for (const run of this.#runs) {
      for (let word = 0; word < run.words; word++) {
        words[run.to + word] = memory[at + run.from + word] ?? 0;
      }
    }
  }
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
