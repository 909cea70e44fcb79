import type { DataPassage, Passage } from '../../experiments/reference/passages.js';

/** Nothing was sent twice, and nothing came late: also after its ACK had passed, when no reading is open any more. */
export function isInOrder(passages: readonly Passage[]): boolean {
  let highestEnd = -Infinity;
  return passages.every((passage) => {
    if (passage.kind === 'ack') return true;
    const follows = passage.seq >= highestEnd;
    highestEnd = Math.max(highestEnd, passage.end);
    return follows;
  });
}

/** Turnarounds in ns of segments that an ACK met exactly at their end, in a direction that is in order. */
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
