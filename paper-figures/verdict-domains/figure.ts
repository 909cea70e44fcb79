import * as Plot from '@observablehq/plot';
import type { Figure } from '../figure.js';
import { BASE, INK, SOFT } from '../style.js';
import { scoredRuns } from '../verdicts.js';

const DOMAINS = ['sender_host', 'network', 'receiver_host'];
const LABELS = [...DOMAINS, 'nothing wrong'];
const VERDICTS = [...DOMAINS, 'undetermined', 'false incident', 'no incident'];

export const verdictDomains: Figure = {
  id: 'verdict-domains',
  command: 'npm run score -- --runs 1 all',
  draw(saved) {
    const runs = scoredRuns(saved).map(({ label, domain, earlier }) => ({
      label: label ?? 'nothing wrong',
      verdict: earlier > 0 ? 'false incident' : (domain ?? 'no incident'),
    }));
    const cells = LABELS.flatMap((label) =>
      VERDICTS.map((verdict) => ({
        label,
        verdict,
        count: runs.filter((run) => run.label === label && run.verdict === verdict).length,
      })),
    );
    const most = Math.max(...cells.map(({ count }) => count));
    return {
      ...BASE,
      width: 640,
      height: 260,
      marginLeft: 105,
      marginTop: 60,
      marginBottom: 12,
      x: {
        label: 'verdict',
        labelAnchor: 'center',
        labelArrow: 'none',
        axis: 'top',
        domain: VERDICTS,
      },
      y: { label: 'label', labelArrow: 'none', domain: LABELS },
      color: { domain: [0, most], range: ['#ffffff', '#303030'] },
      marks: [
        Plot.cell(cells, { x: 'verdict', y: 'label', fill: 'count', stroke: SOFT, inset: 1 }),
        Plot.text(cells, {
          x: 'verdict',
          y: 'label',
          text: ({ count }: { count: number }) => String(count),
          fill: ({ count }: { count: number }) => (count > most / 2 ? '#ffffff' : INK),
          fontSize: 14,
        }),
      ],
    };
  },
};
