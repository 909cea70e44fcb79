import type { FlowRecord } from './flow-record.js';
import { COUNTER_BYTES } from './layout.js';

const COUNTER_WORDS = COUNTER_BYTES / 4;
/** A row: when its flow was made, the counters of both directions. */
const CREATED_WORDS = 2;
const ROW_WORDS = CREATED_WORDS + 2 * COUNTER_WORDS;
const PAGE_ROWS = 1024;

/** Where in a shadow the counters of a direction begin. */
export const SHADOW_COUNTERS = [CREATED_WORDS, CREATED_WORDS + COUNTER_WORDS] as const;

/** The last state of every flow that has been seen, by its place; in pages, so that growing copies nothing. */
export class Shadows {
  /** Row of each place, plus one. */
  readonly #rows: Uint32Array;
  readonly #pages: Uint32Array[] = [];
  readonly #free: number[] = [];

  constructor(places: number) {
    this.#rows = new Uint32Array(places);
  }

  /** The shadow of the record at a place. A flow that is new, or was evicted and came again, grows from nothing. */
  of(place: number, { created: [low, high] }: FlowRecord): Uint32Array {
    const row = this.#rows[place] ?? 0;
    const shadow = this.#words(row === 0 ? this.#take(place) : row - 1);
    if (row === 0 || shadow[0] !== low || shadow[1] !== high) {
      shadow.fill(0);
      shadow[0] = low;
      shadow[1] = high;
    }
    return shadow;
  }

  delete(place: number): void {
    const row = this.#rows[place] ?? 0;
    if (row === 0) return;
    this.#rows[place] = 0;
    this.#free.push(row - 1);
  }

  #words(row: number): Uint32Array {
    const at = (row % PAGE_ROWS) * ROW_WORDS;
    const page = this.#pages[Math.floor(row / PAGE_ROWS)] ?? new Uint32Array(0);
    return page.subarray(at, at + ROW_WORDS);
  }

  #take(place: number): number {
    const row = this.#free.pop() ?? this.#addPage();
    this.#rows[place] = row + 1;
    return row;
  }

  #addPage(): number {
    const first = this.#pages.length * PAGE_ROWS;
    this.#pages.push(new Uint32Array(PAGE_ROWS * ROW_WORDS));
    for (let row = first + PAGE_ROWS - 1; row > first; row--) this.#free.push(row);
    return first;
  }
}
