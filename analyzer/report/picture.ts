/** The path as a picture: one bar for now, one for the baseline, each place as wide as its time. Inline SVG. */
import type { Split } from '../incidents/incident.js';
import { SEGMENT_NAMES, type Segment, SEGMENTS, segmentUs } from './document.js';
import { duration } from './units.js';

const WIDTH = 760;
const LEFT = 84;
const BAR = 34;
const LEAST_LABEL = 70;

export function splitPicture(split: Split, blamed: Segment | null): string {
  const longest = Math.max(total(split), total(split.baseline), 1);
  const scale = (WIDTH - LEFT - 90) / longest;
  return [
    `<svg class="split" viewBox="0 0 ${WIDTH} 150" role="img" aria-label="${label(split)}">`,
    bar('now', split, blamed, 12, scale),
    bar('baseline', split.baseline, null, 64, scale),
    legend(blamed),
    '</svg>',
  ].join('');
}

const total = (terms: Split | Split['baseline']): number =>
  SEGMENTS.reduce((sum, s) => sum + Math.max(0, segmentUs(terms, s) ?? 0), 0);

const label = (split: Split): string =>
  `Now ${duration(total(split))}, baseline ${duration(total(split.baseline))}: ` +
  SEGMENTS.map((s) => `${SEGMENT_NAMES[s]} ${duration(segmentUs(split, s) ?? 0)}`).join(', ');

function bar(
  name: string,
  terms: Split | Split['baseline'],
  blamed: Segment | null,
  y: number,
  scale: number,
): string {
  let x = LEFT;
  const parts = SEGMENTS.map((segment) => {
    const us = Math.max(0, segmentUs(terms, segment) ?? 0);
    const width = Math.max(us > 0 ? 1.5 : 0, us * scale);
    const rect =
      `<rect class="${segment}${segment === blamed ? ' blamed' : ''}" x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${BAR}">` +
      `<title>${SEGMENT_NAMES[segment]} ${duration(us)}</title></rect>`;
    const caption =
      width > LEAST_LABEL
        ? `<text class="inside" x="${(x + width / 2).toFixed(1)}" y="${y + BAR / 2 + 4}">${duration(us)}</text>`
        : '';
    x += width;
    return rect + caption;
  });
  return (
    `<text class="name" x="${LEFT - 10}" y="${y + BAR / 2 + 4}">${name}</text>${parts.join('')}` +
    `<text class="sum" x="${(x + 8).toFixed(1)}" y="${y + BAR / 2 + 4}">${duration(total(terms))}</text>`
  );
}

function legend(blamed: Segment | null): string {
  return SEGMENTS.map((segment, i) => {
    const x = LEFT + i * 160;
    return (
      `<rect class="${segment}${segment === blamed ? ' blamed' : ''}" x="${x}" y="118" width="14" height="14"></rect>` +
      `<text class="key" x="${x + 20}" y="130">${SEGMENT_NAMES[segment]}</text>`
    );
  }).join('');
}
