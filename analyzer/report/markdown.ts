import type { Evidence, Incident } from '../incidents/incident.js';
import { type Block, reportOf } from './document.js';

export function renderMarkdown(incident: Incident): string {
  const { title, lead, facts, sections } = reportOf(incident);
  return [
    `# ${inline(title)}`,
    '',
    inline(lead),
    '',
    facts.map(([name, value]) => `**${name}** ${inline(value)}`).join(' · '),
    '',
    ...sections.flatMap((s) => [`## ${s.title}`, '', ...s.blocks.flatMap(block)]),
  ].join('\n');
}

function block(b: Block): string[] {
  switch (b.kind) {
    case 'text':
      return [inline(b.text), ''];
    case 'table':
      return [row(b.head), row(b.head.map(() => '---')), ...b.rows.map(row), ''];
    case 'evidence':
      return [...b.evidence.flatMap(statement), ''];
    // The table after it says the same.
    case 'split':
      return [];
  }
}

const statement = ({ statement: said, sql }: Evidence): string[] => [
  `- ${inline(said)}`,
  ...(sql === ''
    ? []
    : [
        '  <details><summary>SQL</summary>',
        '',
        '  ```sql',
        `  ${oneLine(sql)}`,
        '  ```',
        '',
        '  </details>',
      ]),
];

const row = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => inline(cell).replaceAll('|', '\\|')).join(' | ')} |`;

/** Names come from processes and pods of others: none of them may become markup. */
const inline = (value: string): string =>
  oneLine(value)
    .replace(/[\\`*_[\]]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;');

const oneLine = (value: string): string => value.replaceAll(/\s*\n\s*/g, ' ');
