import * as Plot from '@observablehq/plot';
import { type Figure, savedJson } from '../figure.js';
import { BASE, CLAIMED, INK, OURS, SOFT } from '../style.js';

interface Kind {
  readonly title: string;
  readonly errors: Readonly<Record<'p50' | 'p90' | 'p99' | 'max', number>>;
}

const WANTED_US = 20;
const SYMBOLS = { p50: 'circle', p90: 'diamond', p99: 'square', max: 'times' } as const;

export const rttError: Figure = {
  id: 'rtt-error',
  command: 'npm run bench -- rtt-accuracy',
  draw(saved) {
    const { kinds } = savedJson<{ kinds: Kind[] }>(saved, 'rtt-accuracy.json');
    const points = kinds.flatMap(({ title, errors }) =>
      (['p50', 'p90', 'p99', 'max'] as const).map((at) => ({ title, at, us: errors[at] })),
    );
    return {
      ...BASE,
      height: 330,
      width: 760,
      marginLeft: 425,
      x: {
        type: 'log',
        domain: [0.5, 100],
        label: 'absolute error of a round-trip time, µs',
        labelAnchor: 'center',
        labelArrow: 'none',
        grid: true,
        tickFormat: 'd',
      },
      y: { label: null, domain: kinds.map(({ title }) => title) },
      marks: [
        Plot.ruleX([WANTED_US], { stroke: CLAIMED, strokeDasharray: '4 3' }),
        Plot.text([`p99 wanted: ${WANTED_US}`], {
          x: WANTED_US,
          frameAnchor: 'top',
          dy: -12,
          fill: CLAIMED,
        }),
        Plot.ruleY(
          points,
          Plot.groupY({ x1: 'min', x2: 'max' }, { y: 'title', x: 'us', stroke: SOFT }),
        ),
        ...(Object.keys(SYMBOLS) as (keyof typeof SYMBOLS)[]).map((at) =>
          Plot.dot(
            points.filter((point) => point.at === at),
            {
              y: 'title',
              x: 'us',
              symbol: SYMBOLS[at],
              r: 4,
              fill: at === 'max' ? 'none' : OURS,
              stroke: INK,
            },
          ),
        ),
        // One row says what the shapes are.
        Plot.text(
          points.filter(({ title }) => title === kinds[0]?.title),
          { y: 'title', x: 'us', text: 'at', dy: -11, fill: INK },
        ),
      ],
    };
  },
};
