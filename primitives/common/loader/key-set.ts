import { type Fd, native } from '../native/index.js';

const PRESENT = Uint8Array.of(1);

/** A BPF hash map used as a set: user space alone decides what is in it. */
export class KeySet {
  readonly #keys = new Map<string, Uint8Array>();

  /** @param value what a new key gets; those that are there keep theirs. */
  constructor(
    private readonly map: Fd,
    private readonly value: Uint8Array = PRESENT,
  ) {}

  /** Makes the keys those given. */
  replace(wanted: readonly Uint8Array[]): void {
    const next = new Map(wanted.map((key) => [Buffer.from(key).toString('latin1'), key]));
    for (const [name, key] of this.#keys) {
      if (next.has(name)) continue;
      native().mapDelete(this.map, key);
      this.#keys.delete(name);
    }
    for (const [name, key] of next) {
      if (this.#keys.has(name)) continue;
      native().mapUpdate(this.map, key, this.value);
      this.#keys.set(name, key);
    }
  }
}
