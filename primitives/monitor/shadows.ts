import { COUNTER_WORDS } from './growth.js';

const ROW_WORDS = 2 * COUNTER_WORDS;
const PAGE_ROWS = 1024;

/** A record as the last sweep saw it. */
export interface Shadow {
  readonly createdLow: number;
  readonly createdHigh: number;
  readonly counters: readonly [Uint32Array, Uint32Array];
}

/** The last state of every flow that has been seen, by its place; in pages, so that growing copies nothing. */
export class Shadows {
  readonly #pages: Uint32Array[] = [];
  readonly #free: number[] = [];
  readonly #rows = new Map<number, Shadow & { readonly row: number }>();

  get(place: number): Shadow | undefined {
    return this.#rows.get(place);
  }

  /** A flow that is new grows from nothing. */
  create(place: number, [createdLow, createdHigh]: readonly [number, number]): Shadow {
    this.delete(place);
    const row = this.#free.pop() ?? this.#addPage();
    const page = this.#pages[Math.floor(row / PAGE_ROWS)] ?? new Uint32Array(0);
    const at = (row % PAGE_ROWS) * ROW_WORDS;
    const shadow = {
      row,
      createdLow,
      createdHigh,
      counters: [
        page.subarray(at, at + COUNTER_WORDS).fill(0),
        page.subarray(at + COUNTER_WORDS, at + 2 * COUNTER_WORDS).fill(0),
      ] as const,
    };
    this.#rows.set(place, shadow);
    return shadow;
  }

  places(): Iterable<number> {
    return this.#rows.keys();
  }

  delete(place: number): void {
    const known = this.#rows.get(place);
    if (known === undefined) return;
    this.#rows.delete(place);
    this.#free.push(known.row);
  }

  #addPage(): number {
    const first = this.#pages.length * PAGE_ROWS;
    this.#pages.push(new Uint32Array(PAGE_ROWS * ROW_WORDS));
    for (let row = first + PAGE_ROWS - 1; row > first; row--) this.#free.push(row);
    return first;
  }
}
