/** The head of a message: its template with the numbers of one batch put in. */
import type { MessageTemplate } from './arrow-template.js';

/** Of each buffer, and so of each body. */
const ALIGNMENT = 8;
const WORD = 2 ** 32;
/** Bytes of a node and of a buffer: two 64-bit numbers. */
const PAIR = 16;

export const END_OF_STREAM = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);

export interface Sizes {
  readonly length: number;
  /** Values of each column, or of the elements of one. */
  readonly nodes: readonly number[];
  /** Bytes of each buffer. */
  readonly sizes: readonly number[];
}

export const padded = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** Answers the bytes of the body. */
export function writeHeader(
  template: MessageTemplate,
  { length, nodes, sizes }: Sizes,
  out: Uint8Array,
  at: number,
): number {
  out.set(template.bytes, at);
  const view = new DataView(out.buffer, out.byteOffset + at, template.bytes.length);
  const put = (place: number, value: number): void => {
    view.setUint32(place, value % WORD, true);
    view.setUint32(place + 4, value / WORD, true);
  };
  put(template.length, length);
  for (let node = 0; node < nodes.length; node++)
    put(template.nodes + PAIR * node, nodes[node] ?? 0);
  let offset = 0;
  for (let buffer = 0; buffer < sizes.length; buffer++) {
    const place = template.buffers + PAIR * buffer;
    const size = padded(sizes[buffer] ?? 0);
    put(place, offset);
    put(place + 8, size);
    offset += size;
  }
  put(template.bodyLength, offset);
  return offset;
}
