const SLOTS = 4096;
const WORDS = 4;

/** Text of 16-byte values, each distinct value rendered once while it stays in its slot. */
export class TextCache {
  readonly #words = new Uint32Array(SLOTS * WORDS);
  readonly #texts = new Array<string | undefined>(SLOTS);

  constructor(private readonly render: (bytes: Uint8Array) => string) {}

  at(view: DataView, offset: number): string {
    const a = view.getUint32(offset);
    const b = view.getUint32(offset + 4);
    const c = view.getUint32(offset + 8);
    const d = view.getUint32(offset + 12);
    const slot = slotOf(a, b, c, d);
    const key = this.#words;
    const at = slot * WORDS;
    const cached = this.#texts[slot];
    const same = key[at] === a && key[at + 1] === b && key[at + 2] === c && key[at + 3] === d;
    if (cached !== undefined && same) return cached;
    const text = this.render(new Uint8Array(view.buffer, view.byteOffset + offset, 4 * WORDS));
    key.set([a, b, c, d], at);
    this.#texts[slot] = text;
    return text;
  }
}

function slotOf(a: number, b: number, c: number, d: number): number {
  const mixed = Math.imul(Math.imul(Math.imul(a ^ 0x9e3779b1, 31) ^ b, 31) ^ c, 31) ^ d;
  return (Math.imul(mixed, 0x9e3779b1) >>> 16) % SLOTS;
}
