/** C records one after the other, in a buffer that grows. */
export class RecordBuffer {
  #words: Uint32Array;
  #records = 0;
  readonly #recordWords: number;

  constructor(recordBytes: number, records = 256) {
    this.#recordWords = recordBytes / 4;
    this.#words = new Uint32Array(this.#recordWords * records);
  }

  /** Room for one more record, to be filled before the next; it may hold anything. */
  next(): Uint32Array {
    const from = this.#records * this.#recordWords;
    if (from + this.#recordWords > this.#words.length) this.#grow();
    this.#records++;
    return this.#words.subarray(from, from + this.#recordWords);
  }

  /** Copies one record and answers the copy, to be changed in place before the next. */
  push(record: Uint8Array): Uint8Array {
    const words = this.next();
    const copy = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
    copy.set(record);
    return copy;
  }

  /** Takes the last one back. */
  drop(): void {
    this.#records--;
  }

  clear(): void {
    this.#records = 0;
  }

  get length(): number {
    return this.#records;
  }

  get bytes(): Uint8Array {
    return new Uint8Array(this.#words.buffer, 0, this.#records * this.#recordWords * 4);
  }

  #grow(): void {
    const larger = new Uint32Array(this.#words.length * 2);
    larger.set(this.#words);
    this.#words = larger;
  }
}
