import * as Plot from '@observablehq/plot';
import { type Figure, savedJson, type Spread } from '../figure.js';
import { BASE, CLAIMED, INK, OURS, SOFT, THEIRS } from '../style.js';

interface Cell {
  readonly contender: string;
  /** `mss egress`. */
  readonly column: string;
  readonly spread: Spread | null;
}

/** In the order in which they are drawn; the empty program is what all others are above. */
const SHOWN = ['parser', 'monitor', 'monitor, LRU hash', 'paper'];
const WANTED_NS: Readonly<Record<string, number>> = { egress: 45, ingress: 80 };

export const perPacketCost: Figure = {
  id: 'per-packet-cost',
  command: 'npm run bench -- per-packet-cost',
  draw(saved) {
    const { costs } = savedJson<{ costs: Cell[] }>(saved, 'per-packet-cost.json');
    const bars = costs.flatMap(({ contender, column, spread }) => {
      const [mode = '', hook = ''] = column.split(' ');
      return spread && SHOWN.includes(contender) ? [{ contender, mode, hook, ...spread }] : [];
    });
    const wanted = Object.entries(WANTED_NS).map(([hook, ns]) => ({ hook, ns }));
    return {
      ...BASE,
      height: 420,
      marginLeft: 125,
      marginRight: 50,
      x: {
        label:
          'ns a packet above the empty program (median and quartiles; dashed: wanted of the monitor)',
        labelAnchor: 'center',
        labelArrow: 'none',
        grid: true,
      },
      y: { label: null, domain: SHOWN },
      fx: { label: null },
      fy: { label: null, domain: [...new Set(bars.map(({ mode }) => mode))] },
      marks: [
        Plot.barX(bars, {
          fx: 'hook',
          fy: 'mode',
          y: 'contender',
          x: 'median',
          fill: ({ contender }: { contender: string }) =>
            contender.startsWith('monitor') ? OURS : THEIRS,
          fillOpacity: ({ contender }: { contender: string }) =>
            contender.includes('LRU') ? 0.5 : 1,
          insetTop: 2,
          insetBottom: 2,
        }),
        Plot.ruleY(bars, {
          fx: 'hook',
          fy: 'mode',
          y: 'contender',
          x1: 'low',
          x2: 'high',
          stroke: INK,
        }),
        Plot.ruleX(wanted, { fx: 'hook', x: 'ns', stroke: CLAIMED, strokeDasharray: '4 3' }),
        Plot.ruleX([0], { stroke: SOFT }),
      ],
    };
  },
};
