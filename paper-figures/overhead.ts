/** What the two figures of overhead share: bars a contender, a column a load, the paper's numbers beside them. */
import * as Plot from '@observablehq/plot';
import type { PlotOptions } from '@observablehq/plot';
import { type Saved, savedJson, type Spread } from './figure.js';
import { BASE, CLAIMED, INK, OURS, SOFT, THEIRS } from './style.js';

export const OVERHEAD_COMMAND = 'npm run bench -- overhead';

interface Row {
  readonly load: string;
  readonly contender: string;
  readonly published: { readonly throughput: number; readonly cpu: number } | null;
  readonly throughput: Spread | null;
  readonly cpu_points: Spread | null;
}

interface Bar {
  readonly load: string;
  readonly contender: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly published: number | null;
}

const LOADS: Readonly<Record<string, string>> = {
  tso: 'saturated, offloads on',
  half: 'paced to half, offloads on',
  mss: 'saturated, one segment a packet',
};

export interface Measure {
  /** What of a row is drawn, per cent. */
  readonly of: (row: Row) => Spread | null;
  readonly published: (row: Row) => number | null;
  readonly loads: readonly string[];
  readonly label: string;
  /** Where native stands. */
  readonly native: number;
}

export function overheadBars(saved: Saved, measure: Measure): PlotOptions {
  const bars = barsOf(savedJson<{ rows: Row[] }>(saved, 'overhead.json').rows, measure);
  const published = bars.filter((bar) => bar.published !== null);
  return {
    ...BASE,
    height: 300,
    marginLeft: 120,
    marginBottom: 56,
    x: { label: measure.label, labelAnchor: 'center', labelArrow: 'none', grid: true, nice: true },
    y: { label: null, domain: [...new Set(bars.map(({ contender }) => contender))] },
    fx: { label: null, domain: measure.loads.map((load) => LOADS[load] ?? load) },
    marks: [
      Plot.barX(bars, {
        fx: 'load',
        y: 'contender',
        x: 'value',
        fill: ({ contender }: Bar) => (/^(monitor|armed)/.test(contender) ? OURS : THEIRS),
        insetTop: 3,
        insetBottom: 3,
      }),
      Plot.ruleY(bars, { fx: 'load', y: 'contender', x1: 'low', x2: 'high', stroke: INK }),
      Plot.tickX(bars, { fx: 'load', y: 'contender', x: 'value', stroke: INK, inset: 6 }),
      Plot.ruleX([measure.native], { stroke: SOFT, strokeDasharray: '4 3' }),
      Plot.dot(published, {
        fx: 'load',
        y: 'contender',
        x: 'published',
        symbol: 'diamond',
        r: 5,
        fill: '#ffffff',
        stroke: CLAIMED,
        strokeWidth: 2,
      }),
    ],
  };
}

function barsOf(rows: readonly Row[], { of, published, loads }: Measure): Bar[] {
  return rows.flatMap((row): Bar[] => {
    const spread = of(row);
    if (spread === null || !loads.includes(row.load)) return [];
    const { median: value, low, high } = spread;
    const load = LOADS[row.load] ?? row.load;
    // The first is the nearest to the paper's, whose hosts had offloads, and processors to spare.
    const beside = row.load === loads[0] ? published(row) : null;
    return [{ load, contender: row.contender, value, low, high, published: beside }];
  });
}
