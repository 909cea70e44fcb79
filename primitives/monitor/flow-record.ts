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
    const direction = (n: number): number =>
      (layout.directionsOffset + n * layout.directionBytes) / WORD;
    this.#runs = [
      { from: 0, to: 0, words: KEY_WORDS },
      { from: layout.createdOffset / WORD, to: CREATED, words: 2 },
      { from: direction(0), to: DIRECTIONS[0], words: COUNTER_WORDS },
      { from: direction(1), to: DIRECTIONS[1], words: COUNTER_WORDS },
    ];
  }

  get tap(): number {
    return this.words[TAP_OFFSET / WORD] ?? 0;
  }

  get protocol(): number {
    return this.key.getUint8(PROTOCOL_OFFSET);
  }

  /** Tells a record from the one that had its place before. */
  isSameAs(createdLow: number, createdHigh: number): boolean {
    return this.words[CREATED] === createdLow && this.words[CREATED + 1] === createdHigh;
  }

  get created(): readonly [low: number, high: number] {
    return [this.words[CREATED] ?? 0, this.words[CREATED + 1] ?? 0];
  }

  /**
   * Copies the record that begins at word `at` of shared memory, as it was at one moment: no CPU wrote between two reads
   * of its sequence count. Answers false when that could not be had.
   */
  read(memory: Uint32Array, at: number): boolean {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const before = Atomics.load(memory, at + this.#sequence);
      if (before % 2 === 1) continue;
      this.#copy(memory, at);
      if (Atomics.load(memory, at + this.#sequence) === before) return true;
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
