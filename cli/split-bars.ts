/** The split as bars of characters: per place now against baseline, all on one scale. */
import pc from 'picocolors';
import type { Split } from '../analyzer/incidents/incident.js';
import { type Place, PLACE_NAMES, SEGMENTS, termOf } from '../analyzer/report/segments.js';
import { duration } from '../analyzer/report/units.js';

const NAME_COLUMNS = 15;
const SERIES_COLUMNS = 10;
const VALUE_COLUMNS = 13;

export function splitBars(split: Split, blamed: Place | null, width: number): string[] {
  const room = width - NAME_COLUMNS - SERIES_COLUMNS - VALUE_COLUMNS;
  const values = SEGMENTS.flatMap((s) => [termOf(split, s) ?? 0, termOf(split.baseline, s) ?? 0]);
  const scale = room / Math.max(1, ...values);
  const line = (name: string, series: string, us: number | null, bar: string): string =>
    name.padEnd(NAME_COLUMNS) +
    pc.dim(series.padEnd(SERIES_COLUMNS)) +
    `${bar} ${us === null ? pc.dim('not measured') : duration(us)}`.trimStart();
  return SEGMENTS.flatMap((segment) => {
    const isBlamed = segment === blamed;
    const now = termOf(split, segment);
    const before = termOf(split.baseline, segment);
    const strong = isBlamed ? pc.red : pc.cyan;
    return [
      line(
        `${isBlamed ? '▸ ' : '  '}${PLACE_NAMES[segment]}`,
        'now',
        now,
        strong(drawn(now, scale, '█')),
      ),
      line('', 'baseline', before, pc.dim(drawn(before, scale, '░'))),
    ];
  });
}

const drawn = (us: number | null, scale: number, glyph: string): string =>
  us === null || us <= 0 ? '' : glyph.repeat(Math.max(1, Math.round(us * scale)));
