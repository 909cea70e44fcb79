import { streamNamed } from '../common/schema/columns.js';
import type { KernelStream } from '../common/schema/decode.js';
import { LAYOUTS } from '../common/schema/gen/layout.js';

/**
 * Writes the growth of a record's counters since `before`, which begins at word `at`, and its gauges as they are, to
 * `into`; answers whether anything is another value. Counters wrap at their width.
 */
export type Growth = (
  now: Uint32Array,
  before: Uint32Array,
  at: number,
  into: Uint32Array,
) => boolean;

/** For records of one stream, as 32-bit words. */
export function growthOf(stream: KernelStream): Growth {
  const { narrow, wide, gauges } = wordsOf(stream);
  return (now, before, at, into) => {
    let changed = 0;
    into.set(now);
    for (const word of narrow) {
      const grown = ((now[word] ?? 0) - (before[at + word] ?? 0)) >>> 0;
      into[word] = grown;
      changed |= grown;
    }
    for (const word of wide) {
      const low = (now[word] ?? 0) - (before[at + word] ?? 0);
      const high = (now[word + 1] ?? 0) - (before[at + word + 1] ?? 0) - (low < 0 ? 1 : 0);
      into[word] = low >>> 0;
      into[word + 1] = high >>> 0;
      changed |= low | high;
    }
    for (const word of gauges) changed |= (now[word] ?? 0) ^ (before[at + word] ?? 0);
    return changed !== 0;
  };
}

/** Index in 32-bit words, the less significant first. */
interface Words {
  readonly narrow: readonly number[];
  readonly wide: readonly number[];
  readonly gauges: readonly number[];
}

function wordsOf(stream: KernelStream): Words {
  const places: Readonly<Record<string, { offset: number; size: number }>> = LAYOUTS[stream].fields;
  const narrow: number[] = [];
  const wide: number[] = [];
  const gauges = new Set<number>();
  for (const [name, { type, temporality }] of Object.entries(streamNamed(stream).kernel)) {
    const { offset, size } = places[name] ?? { offset: 0, size: 0 };
    const first = Math.floor(offset / 4);
    const words = Array.from({ length: Math.ceil(size / 4) }, (_, word) => first + word);
    if (temporality !== 'counter') for (const word of words) gauges.add(word);
    else if (type.kind === 'scalar' && type.scalar === 'u64') wide.push(first);
    else narrow.push(...words);
  }
  return { narrow, wide, gauges: [...gauges] };
}
