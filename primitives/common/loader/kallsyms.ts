import { readFile } from 'node:fs/promises';

const FUNCTION_TYPES = 'tTwW';

/** The kernel's functions by address. */
export class Kallsyms {
  static #running: Promise<Kallsyms> | undefined;
  readonly #addresses: BigUint64Array;
  readonly #names: readonly string[];

  /** `text` is that of /proc/kallsyms. Without the right to see addresses all are 0, and no name is known. */
  constructor(text: string) {
    const functions = parse(text);
    this.#addresses = BigUint64Array.from(functions, ([address]) => address);
    this.#names = functions.map(([, name]) => name);
  }

  /** Of the running kernel: 5 MB, read once, some 100 ms. */
  static load(): Promise<Kallsyms> {
    return (this.#running ??= readFile('/proc/kallsyms', 'latin1').then(
      (text) => new Kallsyms(text),
    ));
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
    return this.#names[low - 1] ?? '';
  }
}

/** Ascending; of several names for one address the first listed, as the kernel itself prints it. */
function parse(text: string): [bigint, string][] {
  const functions: [bigint, string][] = [];
  for (const line of text.split('\n')) {
    const [hex = '', type = '-', name = ''] = line.split(/[ \t]/, 3);
    if (FUNCTION_TYPES.includes(type)) functions.push([BigInt(`0x${hex}`), name]);
  }
  functions.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return functions.filter(([address], i) => address !== 0n && address !== functions[i - 1]?.[0]);
}
