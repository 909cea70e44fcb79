import type { Incident } from '../incidents/incident.js';
import { type Block, reportOf } from './document.js';
import { splitPicture } from './picture.js';
import { STYLE } from './style.js';

/** A page that needs nothing but itself. */
export function renderHtml(incident: Incident): string {
  const { title } = reportOf(incident);
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title>` +
    `<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head>` +
    `<body><main class="report">${renderFragment(incident)}</main></body></html>`
  );
}

/** The report alone, for a page that brings the style. */
export function renderFragment(incident: Incident): string {
  const { title, lead, sections } = reportOf(incident);
  const domain = incident.verdict?.domain ?? 'undetermined';
  return [
    `<header class="verdict ${domain}"><h1>${escape(title)}</h1><p>${escape(lead)}</p>`,
    `<p class="id">${escape(incident.id)} · ${incident.state}</p></header>`,
    ...sections.map(
      (s) => `<section><h2>${escape(s.title)}</h2>${s.blocks.map(block).join('')}</section>`,
    ),
  ].join('');
}

function block(b: Block): string {
  switch (b.kind) {
    case 'text':
      return `<p>${escape(b.text)}</p>`;
    case 'table':
      return (
        `<table><thead><tr>${b.head.map((h) => `<th scope="col">${escape(h)}</th>`).join('')}</tr></thead>` +
        `<tbody>${b.rows.map((r) => `<tr>${r.map((c) => `<td>${escape(c)}</td>`).join('')}</tr>`).join('')}</tbody></table>`
      );
    case 'evidence':
      return (
        `<details class="${b.supports ? 'for' : 'against'}"><summary><b>${b.supports ? 'for' : 'against'}</b> ` +
        `${escape(b.text)}</summary><code>${escape(b.sql)}</code></details>`
      );
    case 'split':
      return splitPicture(b.split, b.blamed);
  }
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (value: string): string => value.replace(/[&<>"]/g, (c) => ENTITIES[c] ?? c);
