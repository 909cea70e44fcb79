import type { Evidence, Incident } from '../incidents/incident.js';
import { type Block, reportOf } from './document.js';
import { el, type Markup, type MarkupElement, serialize } from './markup.js';
import { pathPicture } from './picture.js';
import { STYLE } from './style.js';
import { headline } from './words.js';

/** A page that needs nothing but itself. */
export function renderHtml(incident: Incident): string {
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8">${serialize(el('title', {}, headline(incident)))}` +
    `<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head>` +
    `<body>${serialize(el('main', { class: 'report' }, ...reportMarkup(incident)))}</body></html>`
  );
}

/** The report alone, for a page that brings the style. */
export function reportMarkup(incident: Incident): MarkupElement[] {
  const { title, lead, facts, sections } = reportOf(incident);
  return [
    el(
      'header',
      { class: `verdict ${incident.verdict?.domain ?? 'undetermined'}` },
      el('h1', {}, title),
      el('p', {}, lead),
      el(
        'dl',
        {},
        ...facts.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))),
      ),
    ),
    ...sections.map((s) => el('section', {}, el('h2', {}, s.title), ...s.blocks.map(block))),
  ];
}

function block(b: Block): Markup {
  switch (b.kind) {
    case 'text':
      return el('p', {}, b.text);
    case 'table':
      return table(b.head, b.rows);
    case 'evidence':
      return el('ul', { class: 'evidence' }, ...b.evidence.map(statement));
    case 'split':
      return el('div', { class: 'wide' }, pathPicture(b.split, b.blamed, b.incident));
  }
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): Markup {
  const cell = (value: string, i: number): Markup =>
    i === 0 ? el('th', { scope: 'row' }, value) : el('td', {}, value);
  return el(
    'div',
    { class: 'wide' },
    el(
      'table',
      {},
      el('thead', {}, el('tr', {}, ...head.map((h) => el('th', { scope: 'col' }, h)))),
      el('tbody', {}, ...rows.map((r) => el('tr', {}, ...r.map(cell)))),
    ),
  );
}

function statement({ statement: said, supports, sql, rows }: Evidence): Markup {
  return el(
    'li',
    { class: supports ? 'for' : 'against' },
    el('p', {}, said),
    ...(sql === '' && rows.length === 0
      ? []
      : [
          el(
            'details',
            {},
            el('summary', {}, 'SQL and rows'),
            el('code', {}, sql),
            ...rowTable(rows),
          ),
        ]),
  );
}

function rowTable(rows: Evidence['rows']): Markup[] {
  const names = Object.keys(rows[0] ?? {});
  if (names.length === 0) return [];
  return [
    table(
      names,
      rows.map((row) => names.map((name) => cellText(row[name]))),
    ),
  ];
}

const cellText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);
