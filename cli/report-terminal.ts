/** A report for a terminal of 100 columns: the same document as the page, the split as bars. */
import Table from 'cli-table3';
import pc from 'picocolors';
import type { Incident, Split } from '../analyzer/incidents/incident.js';
import {
  type Block,
  reportOf,
  SEGMENT_NAMES,
  type Segment,
  SEGMENTS,
  segmentUs,
} from '../analyzer/report/document.js';
import { duration } from '../analyzer/report/units.js';

const COLUMNS = 100;
const BAR_COLUMNS = 64;

export function renderTerminal(incident: Incident): string {
  const { title, lead, sections } = reportOf(incident);
  return [
    '',
    pc.bold(pc.red(`▌ ${title}`)),
    ...wrap(lead).map((line) => `${pc.red('▌')} ${line}`),
    ...sections.flatMap((s) => ['', pc.dim(s.title.toUpperCase()), ...s.blocks.flatMap(block)]),
    '',
  ].join('\n');
}

function block(b: Block): string[] {
  switch (b.kind) {
    case 'text':
      return wrap(b.text);
    case 'table':
      return table(b.head, b.rows);
    case 'evidence': {
      const mark = b.supports ? pc.green('for    ') : pc.red('against');
      const [first = '', ...rest] = wrap(b.text, COLUMNS - 9);
      return [`${mark}  ${first}`, ...rest.map((line) => `         ${line}`)];
    }
    case 'split':
      return bars(b.split, b.blamed);
  }
}

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const grid = new Table({
    head: head.map((h) => pc.dim(h)),
    chars: NO_BORDERS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  grid.push(...rows.map((r) => [...r]));
  return grid
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}

const GLYPHS: Record<Segment, string> = {
  sender_host: '▓',
  network: '░',
  receiver_host: '▒',
  receiver_pod: '─',
};

function bars(split: Split, blamed: Segment | null): string[] {
  const total = (terms: Split | Split['baseline']): number =>
    SEGMENTS.reduce((sum, s) => sum + Math.max(0, segmentUs(terms, s) ?? 0), 0);
  const scale = BAR_COLUMNS / Math.max(total(split), total(split.baseline), 1);
  const bar = (terms: Split | Split['baseline']): string =>
    SEGMENTS.map((segment) => {
      const us = Math.max(0, segmentUs(terms, segment) ?? 0);
      const part = GLYPHS[segment].repeat(us > 0 ? Math.max(1, Math.round(us * scale)) : 0);
      return segment === blamed ? pc.red(part) : part;
    }).join('');
  const key = SEGMENTS.map(
    (s) => `${s === blamed ? pc.red(GLYPHS[s]) : GLYPHS[s]} ${SEGMENT_NAMES[s]}`,
  ).join('   ');
  return [
    `now       ${bar(split)} ${duration(total(split))}`,
    `baseline  ${bar(split.baseline)} ${duration(total(split.baseline))}`,
    `          ${pc.dim(key)}`,
  ];
}

/** Lines of at most `columns` characters, broken at spaces. */
function wrap(value: string, columns = COLUMNS - 2): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of value.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}
