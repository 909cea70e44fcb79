import { type Fd, native } from '../native/index.js';

/** The kernel's own buffer is half of it. */
const CHUNK_BYTES = 65_536;

/** What an iterator program writes, a part at a time; whoever takes them may let others run in between. */
export function* readIterator(program: Fd): Generator<Uint8Array> {
  const iterator = native().iteratorOpen(program);
  try {
    for (;;) {
      const chunk = new Uint8Array(CHUNK_BYTES);
      const length = native().iteratorRead(iterator, chunk);
      if (length === 0) return;
      yield chunk.subarray(0, length);
    }
  } finally {
    native().close(iterator);
  }
}
