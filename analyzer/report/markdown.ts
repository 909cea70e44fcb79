import type { Incident } from '../incidents/incident.js';
import { type Block, reportOf } from './document.js';

export function renderMarkdown(incident: Incident): string {
  const { title, lead, sections } = reportOf(incident);
  const body = sections.flatMap((s) => [`## ${s.title}`, '', ...s.blocks.flatMap(block)]);
  return [
    `# ${title}`,
    '',
    `${lead} Incident \`${incident.id}\`, ${incident.state}.`,
    '',
    ...body,
  ].join('\n');
}

function block(b: Block): string[] {
  switch (b.kind) {
    case 'text':
      return [b.text, ''];
    case 'table':
      return [row(b.head), row(b.head.map(() => '---')), ...b.rows.map(row), ''];
    case 'evidence':
      return [`- **${b.supports ? 'for' : 'against'}**: ${b.text} \`${b.sql}\``, ''];
    // The table below it says the same.
    case 'split':
      return [];
  }
}

const row = (cells: readonly string[]): string =>
  `| ${cells.map((c) => c.replaceAll('|', '\\|')).join(' | ')} |`;
