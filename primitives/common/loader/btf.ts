/** A reader of BTF, the kernel's description of its own types: just enough to ask for names. */
import { readFileSync } from 'node:fs';
import { NetverdictError } from '../errors/index.js';

export const KERNEL_BTF = '/sys/kernel/btf/vmlinux';

/** BTF_KIND_*. */
export const BTF_KIND = { enum: 6, typedef: 8, func: 12 } as const;
type Kind = (typeof BTF_KIND)[keyof typeof BTF_KIND];

const MAGIC = 0xeb9f;
/** Words of a type before what its kind adds: name offset; vlen and kind; size or type. */
const TYPE_WORDS = 3;

export class Btf {
  readonly #types: Uint32Array;
  readonly #strings: Buffer;

  constructor(data: Buffer) {
    if (data.readUInt16LE(0) !== MAGIC) {
      throw new NetverdictError(
        'NV_INTERNAL',
        `not BTF: magic ${data.readUInt16LE(0).toString(16)}`,
      );
    }
    const header = data.readUInt32LE(4);
    const [typeOffset, typeLength, stringOffset, stringLength] = [8, 12, 16, 20].map((at) =>
      data.readUInt32LE(at),
    ) as [number, number, number, number];
    const types = data.subarray(header + typeOffset, header + typeOffset + typeLength);
    this.#types = new Uint32Array(Uint8Array.from(types).buffer);
    this.#strings = data.subarray(header + stringOffset, header + stringOffset + stringLength);
  }

  static readonly kernel = once(() => new Btf(readFileSync(KERNEL_BTF)));

  has(kind: Kind, name: string): boolean {
    return this.#find(kind, name) !== undefined;
  }

  /** Names of an enumeration by value; empty when there is none of that name. */
  enumerators(name: string): Map<number, string> {
    const names = new Map<number, string>();
    const at = this.#find(BTF_KIND.enum, name);
    if (at === undefined) return names;
    const first = at + TYPE_WORDS;
    for (let i = first; i < first + 2 * this.#vlen(at); i += 2) {
      names.set(this.#word(i + 1), this.#string(this.#word(i)));
    }
    return names;
  }

  #find(kind: Kind, name: string): number | undefined {
    const wanted = this.#strings.indexOf(`\0${name}\0`) + 1;
    if (wanted === 0) return undefined;
    for (let at = 0; at < this.#types.length; at += this.#words(at)) {
      if (this.#types[at] === wanted && this.#kind(at) === kind) return at;
    }
    return undefined;
  }

  #word(at: number): number {
    return this.#types[at] ?? 0;
  }

  #kind(at: number): number {
    return (this.#word(at + 1) >>> 24) & 0x1f;
  }

  #vlen(at: number): number {
    return this.#word(at + 1) & 0xffff;
  }

  #words(at: number): number {
    switch (this.#kind(at)) {
      case 1: // int
      case 14: // var
      case 17: // declaration tag
        return TYPE_WORDS + 1;
      case 3: // array
        return TYPE_WORDS + 3;
      case 6: // enum
      case 13: // function prototype
        return TYPE_WORDS + 2 * this.#vlen(at);
      case 4: // struct
      case 5: // union
      case 15: // section
      case 19: // enum64
        return TYPE_WORDS + 3 * this.#vlen(at);
      default:
        return TYPE_WORDS;
    }
  }

  #string(offset: number): string {
    return this.#strings.toString('latin1', offset, this.#strings.indexOf(0, offset));
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}
