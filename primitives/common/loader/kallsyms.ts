import { readFile } from 'node:fs/promises';
import { endianness } from 'node:os';

const FUNCTION_TYPES: ReadonlySet<number> = new Set(Buffer.from('tTwW'));
const HEX_DIGITS = 16;
const NAME = HEX_DIGITS + 3;
const [TAB, NEWLINE] = Buffer.from('\t\n');
/** Of the halves of a 64-bit number in memory. */
const [LOW, HIGH] = endianness() === 'LE' ? [0, 1] : [1, 0];
/** Bytes of a line without a name, at least: room for as many functions. */
const SHORTEST_LINE = NAME + 1;

/** The kernel's functions by address. There are some 100,000: no object is made for one. */
export class Kallsyms {
  static #running: Promise<Kallsyms> | undefined;
  readonly #addresses: BigUint64Array;
  /** Where in `names` each one's begins; then where the last one's ends. */
  readonly #begins: Uint32Array;
  readonly #names: Buffer;

  /** `text` is that of /proc/kallsyms. Without the right to see addresses all are 0, and no name is known. */
  constructor(text: Buffer) {
    const found = functionsIn(text);
    const order = ascending(found);
    this.#addresses = new BigUint64Array(order.length);
    this.#begins = new Uint32Array(order.length + 1);
    const halves = new Uint32Array(this.#addresses.buffer);
    const names = Buffer.alloc(found.nameBytes);
    let end = 0;
    order.forEach((from, to) => {
      halves.set(found.halves.subarray(2 * from, 2 * from + 2), 2 * to);
      end += text.copy(names, end, found.begins[from], found.ends[from]);
      this.#begins[to + 1] = end;
    });
    this.#names = names;
  }

  /** Of the running kernel: 5 MB, read once, some 100 ms. */
  static load(): Promise<Kallsyms> {
    return (this.#running ??= readFile('/proc/kallsyms').then((text) => new Kallsyms(text)));
  }

  /** The function that contains the address; empty when unknown. */
  symbolAt(address: bigint): string {
    let low = 0;
    let high = this.#addresses.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#addresses[middle] ?? 0n) <= address) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return '';
    return this.#names.toString('latin1', this.#begins[low - 1], this.#begins[low]);
  }
}

interface Functions {
  /** Of their addresses. */
  readonly halves: Uint32Array;
  readonly count: number;
  /** Where in the text the name of each begins and ends. */
  readonly begins: Uint32Array;
  readonly ends: Uint32Array;
  readonly nameBytes: number;
}

/** Lines are `ffffffff81000100 T name`, and a tab and the module where there is one. */
function functionsIn(text: Buffer): Functions {
  const most = Math.ceil(text.length / SHORTEST_LINE);
  const halves = new Uint32Array(2 * most);
  const begins = new Uint32Array(most);
  const ends = new Uint32Array(most);
  let count = 0;
  let nameBytes = 0;
  for (let at = 0; at + NAME < text.length;) {
    let end = at + NAME;
    while (end < text.length && text[end] !== NEWLINE && text[end] !== TAB) end++;
    if (FUNCTION_TYPES.has(text[at + HEX_DIGITS + 1] ?? 0)) {
      halves[2 * count + LOW] = hexAt(text, at + HEX_DIGITS / 2);
      halves[2 * count + HIGH] = hexAt(text, at);
      begins[count] = at + NAME;
      ends[count++] = end;
      nameBytes += end - at - NAME;
    }
    while (end < text.length && text[end] !== NEWLINE) end++;
    at = end + 1;
  }
  return { halves, count, begins, ends, nameBytes };
}

/** Half an address. */
function hexAt(text: Buffer, at: number): number {
  let value = 0;
  for (let digit = at; digit < at + HEX_DIGITS / 2; digit++) {
    const code = text[digit] ?? 0;
    value = value * 16 + (code & 15) + (code > 57 ? 9 : 0);
  }
  return value;
}

/** Indices by address; of several names for one the first listed, as the kernel itself prints it. */
function ascending({ halves, count }: Functions): Uint32Array {
  const half = (index: number, which: number): number => halves[2 * index + which] ?? 0;
  const apart = (a: number, b: number): number =>
    half(a, HIGH) - half(b, HIGH) || half(a, LOW) - half(b, LOW);
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  order.sort((a, b) => apart(a, b) || a - b);
  return order.filter(
    (index, i) =>
      half(index, HIGH) + half(index, LOW) > 0 && (i === 0 || apart(index, order[i - 1] ?? 0) > 0),
  );
}
