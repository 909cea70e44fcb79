import type { Reading } from '../../experiments/reference/marks.js';

/** A stretch in which the monitor could have measured: a mark was sent and acknowledged, and nothing was in recovery. */
export interface RoundTrip {
  readonly startNs: number;
  readonly endNs: number;
}

/** One after the other, as many as fit. */
export function roundTrips(readings: readonly Reading[]): RoundTrip[] {
  const trips: RoundTrip[] = [];
  for (const { startNs, turnaroundNs } of readings.filter(isSure).sort(byStart)) {
    const last = trips.at(-1);
    if (last === undefined || startNs >= last.endNs) {
      trips.push({ startNs, endNs: startNs + turnaroundNs });
    }
  }
  return trips;
}

/** Of those, the ones in which no sample was open. A place may be given to a rarer mark, whose sample ends later. */
export const withoutSample = (
  trips: readonly RoundTrip[],
  samples: readonly Reading[],
): RoundTrip[] =>
  trips.filter(
    ({ startNs, endNs }) =>
      !samples.some((s) => s.startNs <= endNs && s.startNs + s.turnaroundNs >= startNs),
  );

const isSure = ({ kind, disturbed }: Reading): boolean =>
  !disturbed && (kind === 'multiple' || kind === 'first');

const byStart = (a: Reading, b: Reading): number => a.startNs - b.startNs;
