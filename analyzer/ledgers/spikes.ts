/** A short queue between two hosts shows in few marks of each flow: those of all flows on the same link are taken together. */
import { isSpiky, type Lateness, lateness, withEdges } from './delay.js';
import type { Direction, MarkRow, Observations } from './observe.js';
import { binomialTail } from './statistics.js';

export interface Spikes {
  readonly flows: number;
  readonly marks: number;
  readonly late: number;
  readonly expectedShare: number;
  /** Mean excess of the late marks. */
  readonly excessUs: number;
}

const LEAST_LATE = 5;
/** Chance at which as many late marks are put down to what is usual. */
const SIGNIFICANCE = 1e-3;

const networkTime = (m: MarkRow): number | null => withEdges(m).network;

/** Late marks in the network, told from what is usual there, that come and go within a stretch; null if there are none. */
export function spikes({ srcHost, dstHost }: Direction, observations: Observations): Spikes | null {
  const sharing = [...observations.directions.values()]
    .filter((d) => d.srcHost !== d.dstHost && (d.srcHost === srcHost || d.dstHost === dstHost))
    .map((d) => lateness(d.now, d.baseline, networkTime))
    .filter((l) => l !== null);
  const sum = (of: (l: Lateness) => number): number => sharing.reduce((t, l) => t + of(l), 0);
  const marks = sum((l) => l.marks);
  const late = sum((l) => l.late.length);
  if (late < LEAST_LATE) return null;
  const expectedShare = sum((l) => l.expectedShare * l.marks) / marks;
  if (binomialTail(marks, late, expectedShare) >= SIGNIFICANCE) return null;
  if (!isSpiky({ steadyShare: sum((l) => l.steadyShare * l.late.length) / late })) return null;
  const excessUs = sum((l) => l.excessUs * l.late.length) / late;
  return { flows: sharing.length, marks, late, expectedShare, excessUs };
}
