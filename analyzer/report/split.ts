/** The split of the time, said in tables: terms and edges, now against the baseline. */
import type { Incident, Split } from '../incidents/incident.js';
import {
  type Edge,
  EDGES,
  PLACE_NAMES,
  type Segment,
  SEGMENTS,
  termOf,
  type Terms,
  total,
} from './segments.js';
import { count, duration, growth, percent } from './units.js';
import { whyEdge, whySegment } from './unmeasured.js';

const EDGE_NAMES: Record<Edge, readonly [string, string]> = {
  sender_tx: ['sender transmit', 'data, from egress tap to driver'],
  receiver_rx: ['receiver receive', 'data, from driver to ingress tap'],
  receiver_tx: ['receiver transmit', 'ACKs, from egress tap to driver'],
  sender_rx: ['sender receive', 'ACKs, from driver to ingress tap'],
};

type Rows = readonly (readonly string[])[];

const unmeasured = (why: string): string => `not measured (${why})`;

export function segmentRows(split: Split, incident: Incident): Rows {
  const shares = growthShares(split);
  const rows = SEGMENTS.map((segment) => {
    const now = termOf(split, segment);
    const before = termOf(split.baseline, segment);
    return [
      PLACE_NAMES[segment],
      now === null ? unmeasured(whySegment(segment, incident)) : duration(now),
      before === null ? '–' : duration(before),
      now === null || before === null ? '–' : growth(now - before),
      shares.has(segment) ? percent(shares.get(segment) ?? 0) : '–',
    ];
  });
  const now = total(split);
  const before = total(split.baseline);
  return [...rows, [totalName(split), duration(now), duration(before), growth(now - before), '']];
}

const totalName = (terms: Terms): string =>
  SEGMENTS.every((s) => termOf(terms, s) !== null)
    ? 'RTT at the sender’s pod tap'
    : 'sum of what was measured';

/** Parts of all growth; what shrank has no part in it. */
function growthShares(split: Split): Map<Segment, number> {
  const grown = SEGMENTS.flatMap((segment): [Segment, number][] => {
    const now = termOf(split, segment);
    const before = termOf(split.baseline, segment);
    return now === null || before === null ? [] : [[segment, Math.max(0, now - before)]];
  });
  const sum = grown.reduce((t, [, us]) => t + us, 0);
  return new Map(sum === 0 ? [] : grown.map(([segment, us]) => [segment, us / sum]));
}

/** Edges are traced while a flow is armed; the baseline has them only if it was armed before. */
const hasBaselineEdges = ({ baseline }: Split): boolean =>
  EDGES.some((edge) => baseline.edges_us[edge] !== null);

export function edgeTable(split: Split, incident: Incident): { head: string[]; rows: Rows } {
  const withBaseline = hasBaselineEdges(split);
  const rows = EDGES.map((edge) => {
    const now = split.edges_us[edge];
    const before = split.baseline.edges_us[edge];
    return [
      ...EDGE_NAMES[edge],
      now === null ? unmeasured(whyEdge(edge, incident)) : duration(now),
      ...(withBaseline ? [before === null ? '–' : duration(before)] : []),
    ];
  });
  return { head: ['edge', 'of', 'now', ...(withBaseline ? ['baseline'] : [])], rows };
}

export const splitNote = (split: Split): string =>
  `Means of the late byte marks; ${count(split.samples)} marks joined over all taps. Each term is the difference of ` +
  'two turnarounds, each on one host’s own clock, so no clocks are compared. Hosts include the edges below, which ' +
  'their taps cannot see, and the network excludes them.' +
  (hasBaselineEdges(split)
    ? ''
    : ' Edges are traced only while a flow is armed: those of the baseline are still in its network term.');
