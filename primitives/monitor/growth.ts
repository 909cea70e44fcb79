import { LAYOUTS } from '../common/schema/gen/layout.js';
import { flowInterval } from '../common/schema/streams.js';
import { COUNTER_BYTES } from './layout.js';

/** Index in 32-bit words, the less significant first. */
interface Words {
  readonly narrow: readonly number[];
  readonly wide: readonly number[];
  readonly gauges: readonly number[];
}

const PLACES: Readonly<Record<string, { offset: number; size: number }>> =
  LAYOUTS.flow_interval.fields;

function sortWords(): Words {
  const narrow: number[] = [];
  const wide: number[] = [];
  const gauges: number[] = [];
  for (const [name, { type, temporality }] of Object.entries(flowInterval.kernel)) {
    const { offset, size } = PLACES[name] ?? { offset: 0, size: 0 };
    const words = Array.from({ length: size / 4 }, (_, word) => offset / 4 + word);
    if (temporality === 'gauge') gauges.push(...words);
    else if (type.kind === 'scalar' && type.scalar === 'u64') wide.push(offset / 4);
    else narrow.push(...words);
  }
  return { narrow, wide, gauges };
}

const { narrow, wide, gauges } = sortWords();

export const COUNTER_WORDS = COUNTER_BYTES / 4;

/**
 * Writes the growth of a direction's counters since `before`, which begins at word `at`, and its gauges as they are, to
 * `into`; answers whether anything is another value. Counters wrap at their width.
 */
export function growthOf(
  now: Uint32Array,
  before: Uint32Array,
  at: number,
  into: Uint32Array,
): boolean {
  let changed = 0;
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
  for (const word of gauges) {
    const value = now[word] ?? 0;
    into[word] = value;
    changed |= value ^ (before[at + word] ?? 0);
  }
  return changed !== 0;
}
