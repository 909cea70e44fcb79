import { addressText } from '../../primitives/common/schema/address.js';
import { Malformed } from './record.js';

/** Reads a datagram in network order, never past its end: that is refused as `truncated`. */
export class Reader {
  #at: number;

  constructor(
    private readonly bytes: Buffer,
    start = 0,
    private readonly end = bytes.length,
  ) {
    this.#at = start;
  }

  get left(): number {
    return this.end - this.#at;
  }

  skip(length: number): this {
    this.#advance(length);
    return this;
  }

  /** The next `length` bytes, to be read on their own. */
  part(length: number): Reader {
    const at = this.#advance(length);
    return new Reader(this.bytes, at, at + length);
  }

  u8(): number {
    return this.bytes.readUInt8(this.#advance(1));
  }

  u16(): number {
    return this.bytes.readUInt16BE(this.#advance(2));
  }

  u32(): number {
    return this.bytes.readUInt32BE(this.#advance(4));
  }

  /** Up to eight bytes; above 2^53 the nearest number. */
  unsigned(length: number): number {
    const at = this.#advance(length);
    if (length <= 6) return length === 0 ? 0 : this.bytes.readUIntBE(at, length);
    const high = this.bytes.readUIntBE(at, length - 4);
    return high * 2 ** 32 + this.bytes.readUInt32BE(at + length - 4);
  }

  float(length: 4 | 8): number {
    const at = this.#advance(length);
    return length === 4 ? this.bytes.readFloatBE(at) : this.bytes.readDoubleBE(at);
  }

  address(length: 4 | 16): string {
    const at = this.#advance(length);
    if (length === 16) return addressText(this.bytes.subarray(at, at + length));
    const word = this.bytes.readUInt32BE(at);
    return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
  }

  #advance(length: number): number {
    const at = this.#at;
    if (length > this.left) throw new Malformed('truncated');
    this.#at += length;
    return at;
  }
}
