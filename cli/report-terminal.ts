/** A report for a terminal of 100 columns: the same document as the page, the split as bars. */
import pc from 'picocolors';
import type { Incident } from '../analyzer/incidents/incident.js';
import { type Block, reportOf } from '../analyzer/report/document.js';
import { columns, wrap } from './columns.js';
import { splitBars } from './split-bars.js';

const COLUMNS = 100;
const INDENT = 2;

export function renderTerminal(incident: Incident): string {
  const { title, lead, facts, sections } = reportOf(incident);
  const colour = incident.verdict?.domain === 'undetermined' ? pc.yellow : pc.red;
  const banner = (line: string): string => `${colour('▌')} ${line}`;
  return [
    '',
    ...wrap(title, COLUMNS - 2).map((line) => banner(pc.bold(line))),
    ...wrap(lead, COLUMNS - 2).map(banner),
    ...wrap(facts.map(([name, value]) => `${name}: ${value}`).join('   '), COLUMNS - 2)
      .map(pc.dim)
      .map(banner),
    ...sections.flatMap((s) => ['', pc.bold(s.title), ...s.blocks.flatMap(block).map(indented)]),
    '',
  ].join('\n');
}

const indented = (line: string): string => (line === '' ? line : ' '.repeat(INDENT) + line);

function block(b: Block): string[] {
  const width = COLUMNS - INDENT;
  switch (b.kind) {
    case 'text':
      return wrap(b.text, width);
    case 'table':
      return table(b.head, b.rows, width);
    case 'evidence':
      return b.evidence.flatMap(({ statement, supports }) => {
        const mark = supports ? pc.green('+') : pc.red('−');
        const [first = '', ...rest] = wrap(statement, width - 2);
        return [`${mark} ${first}`, ...rest.map((line) => `  ${line}`)];
      });
    case 'split':
      return [...splitBars(b.split, b.blamed, width), ''];
  }
}

function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const [names = '', ...lines] = columns([head, ...rows], width);
  return [pc.dim(names), ...lines];
}
