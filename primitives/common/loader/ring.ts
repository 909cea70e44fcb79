import { NetverdictError } from '../errors/index.js';
import { type Fd, native, type RingHandle } from '../native/index.js';
import { calling } from './failure.js';

const DEFAULT_BUFFER_BYTES = 256 * 1024;
/** A producer that is faster than the drain must not hold the event loop. */
const MOST_DRAINS = 64;

/** Reads a ring buffer map in batches into one buffer that is used again and again. */
export class EventRing {
  #handle: RingHandle | undefined;
  readonly #buffer: Uint8Array<ArrayBuffer>;

  constructor(map: Fd, bufferBytes = DEFAULT_BUFFER_BYTES) {
    this.#handle = calling('NV_LOAD_FAILED', () => native().ringOpen(map));
    this.#buffer = new Uint8Array(bufferBytes);
  }

  /**
   * Whole records one after the other, without padding or headers; empty when there are none. As many as the
   * buffer holds: drain until empty for all. The view is good until the next drain.
   */
  drain(): Uint8Array<ArrayBuffer> {
    return this.#buffer.subarray(0, native().ringDrain(this.#open, this.#buffer));
  }

  /** All whole records that the ring holds now, as a copy. */
  drainAll(): Uint8Array {
    const parts: Uint8Array[] = [];
    for (let drained = 0; drained < MOST_DRAINS; drained++) {
      const part = this.drain();
      if (part.length === 0) break;
      parts.push(part.slice());
    }
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
  }

  /** Calls `wake` when there is data; once, until the next drain. Keeps the process alive until close. */
  onData(wake: () => void): void {
    native().ringOnData(this.#open, wake);
  }

  close(): void {
    native().ringClose(this.#open);
    this.#handle = undefined;
  }

  get #open(): RingHandle {
    if (this.#handle === undefined) throw new NetverdictError('NV_CLOSED', 'the ring is closed');
    return this.#handle;
  }
}
