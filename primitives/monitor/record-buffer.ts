/** C records one after the other, in a buffer that grows. */
export class RecordBuffer {
  #bytes: Uint8Array;
  #length = 0;

  constructor(
    private readonly recordBytes: number,
    records = 256,
  ) {
    this.#bytes = new Uint8Array(recordBytes * records);
  }

  /** Copies one record and answers the copy, to be changed in place before the next push. */
  push(record: Uint8Array): Uint8Array {
    if (this.#length + this.recordBytes > this.#bytes.length) this.#grow();
    const copy = this.#bytes.subarray(this.#length, this.#length + this.recordBytes);
    copy.set(record);
    this.#length += this.recordBytes;
    return copy;
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(): void {
    const larger = new Uint8Array(this.#bytes.length * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
