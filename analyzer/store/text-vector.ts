/** Texts as DuckDB keeps them: 16 bytes each, length first. Up to 12 bytes follow at once, longer ones lie elsewhere. */
import duckdb from '@duckdb/node-bindings';
import type { CodedTexts } from '../../primitives/common/schema/columns.js';

const WORDS = 4;
const TEXT_BYTES = 16;
const INLINE_BYTES = 12;
const MOST_ASCII = 0x7f;
/** A word that tells where a text was put instead of its length. */
const UNKNOWN = -1;

/** Rows of one column, from one batch after the other. Room for `capacity` of them, and used again. */
export class TextVector {
  /** Of each row, the text it has. */
  readonly #numbers: Int32Array;
  readonly #rowWords: Uint32Array;
  #words = new Uint32Array(64 * WORDS);
  #bytes = new Uint8Array(this.#words.buffer);
  /** The texts by number: those that fit, and the place of the others among them. */
  #known = 0;
  readonly #long: { readonly number: number; readonly text: string }[] = [];
  readonly #longNumbers = new Map<string, number>();
  #rows = 0;

  constructor(capacity: number) {
    this.#numbers = new Int32Array(capacity);
    this.#rowWords = new Uint32Array(capacity * WORDS);
  }

  /** The same text in so many rows. */
  repeat(text: string, rows: number): void {
    this.#numbers.fill(this.#number(text), this.#rows, this.#rows + rows);
    this.#rows += rows;
  }

  add({ codes, texts }: CodedTexts, start: number, end: number): void {
    const numbers = new Int32Array(texts.length).fill(UNKNOWN);
    for (let row = start; row < end; row++) {
      const code = codes[row] ?? 0;
      let number = numbers[code] ?? UNKNOWN;
      if (number === UNKNOWN) number = numbers[code] = this.#number(texts[code] ?? '');
      this.#numbers[this.#rows++] = number;
    }
  }

  /** Fills the vector, and forgets. */
  writeTo(vector: duckdb.Vector): void {
    this.#placeLong(vector);
    const [words, rowWords] = [this.#words, this.#rowWords];
    for (let row = 0, to = 0; row < this.#rows; row++) {
      const from = (this.#numbers[row] ?? 0) * WORDS;
      rowWords[to++] = words[from] ?? 0;
      rowWords[to++] = words[from + 1] ?? 0;
      rowWords[to++] = words[from + 2] ?? 0;
      rowWords[to++] = words[from + 3] ?? 0;
    }
    const bytes = this.#rows * TEXT_BYTES;
    duckdb.copy_data_to_vector(vector, 0, rowWords.buffer as ArrayBuffer, 0, bytes);
    this.#known = this.#rows = this.#long.length = 0;
    this.#longNumbers.clear();
  }

  #number(text: string): number {
    const known = this.#longNumbers.get(text);
    if (known !== undefined) return known;
    const number = this.#known++;
    if (this.#known * WORDS > this.#words.length) this.#grow();
    if (!this.#putInline(text, number)) {
      this.#longNumbers.set(text, number);
      this.#long.push({ number, text });
    }
    return number;
  }

  /** False if it does not fit, or might not. */
  #putInline(text: string, number: number): boolean {
    const length = text.length;
    if (length > INLINE_BYTES) return false;
    this.#words.fill(0, number * WORDS, (number + 1) * WORDS);
    this.#words[number * WORDS] = length;
    const at = number * TEXT_BYTES + WORDS;
    for (let index = 0; index < length; index++) {
      const letter = text.charCodeAt(index);
      if (letter > MOST_ASCII) return false;
      this.#bytes[at + index] = letter;
    }
    return true;
  }

  /** DuckDB puts them into the vector's own memory; any row of it may say where. */
  #placeLong(vector: duckdb.Vector): void {
    if (this.#long.length === 0) return;
    this.#long.forEach(({ text }, row) => {
      duckdb.vector_assign_string_element_len(vector, row, Buffer.from(text));
    });
    const placed = duckdb.vector_get_data(vector, this.#long.length * TEXT_BYTES);
    this.#long.forEach(({ number }, row) => {
      this.#bytes.set(
        placed.subarray(row * TEXT_BYTES, (row + 1) * TEXT_BYTES),
        number * TEXT_BYTES,
      );
    });
  }

  #grow(): void {
    const larger = new Uint32Array(2 * this.#words.length);
    larger.set(this.#words);
    this.#words = larger;
    this.#bytes = new Uint8Array(larger.buffer);
  }
}
