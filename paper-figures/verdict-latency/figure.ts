import * as Plot from '@observablehq/plot';
import type { Figure } from '../figure.js';
import { BASE, CLAIMED, OURS } from '../style.js';
import { scoredRuns } from '../verdicts.js';

const WANTED_S = 5;

export const verdictLatency: Figure = {
  id: 'verdict-latency',
  command: 'npm run score -- --runs 1 all',
  draw(saved) {
    const times = scoredRuns(saved)
      .filter(({ label }) => label !== null)
      .flatMap(({ verdict_s: seconds }) => (seconds === null ? [] : [seconds]))
      .sort((a, b) => a - b);
    const steps = times.map((seconds, i) => ({ seconds, share: (100 * (i + 1)) / times.length }));
    return {
      ...BASE,
      width: 480,
      height: 300,
      marginLeft: 50,
      x: {
        label: 'from the injection to the verdict, s',
        labelAnchor: 'center',
        labelArrow: 'none',
        domain: [0, Math.ceil(times.at(-1) ?? 1)],
      },
      y: { label: `% of ${times.length} faults`, labelArrow: 'none', grid: true, domain: [0, 100] },
      marks: [
        Plot.ruleX([WANTED_S], { stroke: CLAIMED, strokeDasharray: '4 3' }),
        Plot.text([`wanted: ${WANTED_S} s`], {
          x: WANTED_S,
          frameAnchor: 'bottom',
          textAnchor: 'start',
          dx: 5,
          dy: -6,
          fill: CLAIMED,
        }),
        Plot.lineY([{ seconds: 0, share: 0 }, ...steps], {
          x: 'seconds',
          y: 'share',
          curve: 'step-after',
          stroke: OURS,
          strokeWidth: 2,
        }),
      ],
    };
  },
};
