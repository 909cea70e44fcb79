import type { DataPassage, Passage } from '../../experiments/reference/passages.js';

/** Turnarounds in ns of segments that an ACK met exactly at their end, in a direction where nothing was sent twice. */
export function segmentTurnarounds(passages: readonly Passage[]): number[] {
  const turnarounds: number[] = [];
  let waiting: DataPassage[] = [];
  for (const passage of passages) {
    if (passage.kind !== 'ack') {
      waiting.push(passage);
      continue;
    }
    const met = waiting.filter(({ end }) => end === passage.ack);
    turnarounds.push(...met.map(({ timeNs }) => passage.timeNs - timeNs));
    waiting = waiting.filter(({ end }) => end > passage.ack);
  }
  return turnarounds;
}
