/** Now and baseline as two stacked bars of one scale. */
import type { Split } from '../incidents/incident.js';
import { el, type Markup } from './markup.js';
import { type Place, PLACE_NAMES, SEGMENTS, termOf, type Terms, total } from './segments.js';
import { duration } from './units.js';

const LEFT = 92;
const ROOM = 760;
const HEIGHT = 26;
const LEAST_CAPTION = 62;

export function bars(split: Split, blamed: Place | null): Markup[] {
  const scale = ROOM / Math.max(length(split), length(split.baseline), 1);
  return [
    ...bar('now', split, blamed, 276, scale),
    ...bar('baseline', split.baseline, blamed, 314, scale),
  ];
}

/** A term below zero is noise of a difference: it has a number, but no bar. */
const length = (terms: Terms): number =>
  SEGMENTS.reduce((sum, s) => sum + Math.max(0, termOf(terms, s) ?? 0), 0);

function bar(name: string, terms: Terms, blamed: Place | null, y: number, scale: number): Markup[] {
  const base = y + HEIGHT / 2 + 5;
  let x = LEFT;
  const parts = SEGMENTS.flatMap((segment) => {
    const us = Math.max(0, termOf(terms, segment) ?? 0);
    const width = us > 0 ? Math.max(1.5, us * scale) : 0;
    const from = x;
    x += width;
    if (width === 0) return [];
    const style = `bar ${segment}${segment === blamed ? ' blamed' : ''}`;
    const title = el('title', {}, `${PLACE_NAMES[segment]} ${duration(us)}`);
    const caption = el(
      'text',
      { class: 'inside', x: fixed(from + width / 2), y: base },
      duration(us),
    );
    return [
      el('rect', { class: style, x: fixed(from), y, width: fixed(width), height: HEIGHT }, title),
      ...(width >= LEAST_CAPTION ? [caption] : []),
    ];
  });
  return [
    el('text', { class: 'label end', x: LEFT - 12, y: base }, name),
    ...parts,
    el('text', { class: 'sum', x: fixed(x + 8), y: base }, duration(total(terms))),
  ];
}

const fixed = (value: number): string => value.toFixed(1);
