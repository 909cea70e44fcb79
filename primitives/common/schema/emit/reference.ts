import type { Field, Stream } from '../fields.js';
import { STREAMS } from '../streams.js';
import { structLayout } from '../struct-layout.js';
import { sqlType } from './tables.js';

const INTRODUCTION = `# Record streams

<!-- Generated from primitives/common/schema/streams.ts by \`npm run generate\`. Do not edit. -->

What travels from agents to the analyzer and lies in its tables. Times named \`*_ns\` are the monotonic clock of the host and are never compared between hosts. Every table also has \`received_ns\`: the wall clock of the analyzer when the batch arrived. Records travel as Arrow IPC streams whose schema metadata carry \`stream\` and \`version\`; batches of another version are refused.`;

/** `docs/records.md`: the reference for people. */
export function reference(): string {
  return [INTRODUCTION, ...STREAMS.map(section)].join('\n\n') + '\n';
}

function section(stream: Stream): string {
  const layout = structLayout(stream);
  const origin =
    layout === undefined
      ? 'Made in user space.'
      : `Filled in the kernel as \`struct ${layout.struct}\` (${layout.size} bytes).`;
  const rows = Object.entries({ ...stream.agent, ...stream.kernel }).map(([name, field]) => [
    code(name),
    sqlType(field.type),
    field.unit,
    name in stream.kernel ? 'kernel' : 'agent',
    meaning(field),
  ]);
  return [
    `## ${stream.name}`,
    `Version ${stream.version}; ${stream.grain}. ${origin}`,
    alignedTable([['field', 'type', 'unit', 'from', 'meaning'], ...rows]),
  ].join('\n\n');
}

function meaning({ type, temporality, meaning: words }: Field): string {
  const told = words.replaceAll(/\S*[_*]\S*/g, code);
  const growth = temporality === 'counter' ? ' (growth within the interval)' : '';
  const values = type.kind === 'enum' ? `; one of ${type.values.map(code).join(' ')}` : '';
  return told + growth + values;
}

const code = (word: string): string => `\`${word}\``;

/** As Prettier would set it, so that the format check leaves it alone. */
function alignedTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}
