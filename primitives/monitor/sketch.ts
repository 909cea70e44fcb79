import { SAMPLE_BYTES, SKETCH_SLOTS, SLOT } from './layout.js';

/** Samples that a direction's sketch did not hold at the last sweep. */
export function* newSamples(
  direction: Uint8Array,
  before: Uint8Array,
  sketchOffset: number,
): Generator<Uint8Array> {
  for (let slot = 0; slot < SKETCH_SLOTS; slot++) {
    const start = sketchOffset + slot * SLOT.bytes;
    const now = direction.subarray(start, start + SLOT.bytes);
    const begun = count(now, SLOT.begun);
    if (begun === 0 || begun !== count(now, SLOT.done)) continue;
    if (begun === count(before.subarray(start), SLOT.begun)) continue;
    yield now.subarray(SLOT.sample, SLOT.sample + SAMPLE_BYTES);
  }
}

const count = (slot: Uint8Array, offset: number): number =>
  new DataView(slot.buffer, slot.byteOffset).getUint32(offset, true);
