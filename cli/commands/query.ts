import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { type Command, Option } from 'commander';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import { jsonText } from '../../analyzer/store/json.js';
import { addClientOptions, type ClientFlags, postBody, postJson } from '../client.js';
import { wholeNumber } from '../options.js';
import { table } from '../table.js';

type Row = Readonly<Record<string, unknown>>;

interface Answer {
  readonly rows: readonly Row[];
  readonly truncated: boolean;
}

const FORMATS = ['json', 'csv', 'arrow', 'parquet'] as const;
type Format = (typeof FORMATS)[number];

interface QueryFlags extends ClientFlags {
  limit: number;
  json?: boolean;
  from?: string;
  format?: Format;
  out?: string;
}

export function registerQuery(program: Command): void {
  addClientOptions(
    program
      .command('query <sql>')
      .description('ask an analyzer, or an export, in SQL; it only reads'),
  )
    .option('--from <path>', 'an export or a bundle, in the place of an analyzer')
    .option('--limit <n>', 'rows at most, where they are printed', wholeNumber(1, 100_000), 1000)
    .option('--json', 'print the rows as JSON')
    .addOption(new Option('--format <format>', 'all rows, in this format').choices(FORMATS))
    .option('--out <file>', 'where all rows go; its ending is the format if none is given')
    .addHelpText('after', "\nWhat can be asked of: 'SHOW TABLES', 'DESCRIBE alert'.")
    .action(query);
}

async function query(sql: string, flags: QueryFlags): Promise<void> {
  const format = formatOf(flags);
  if (format !== undefined) {
    const rows = await rowsAs(sql, format, flags);
    if (flags.out === undefined) process.stdout.write(rows);
    else await writeFile(flags.out, rows);
    return;
  }
  const { rows, truncated } = await answer(sql, flags);
  process.stdout.write(flags.json ? `${JSON.stringify(rows, null, 2)}\n` : listing(rows));
  if (truncated)
    process.stderr.write(`netverdict: the first ${flags.limit} rows; --limit asks for more\n`);
}

function formatOf({ format, out }: QueryFlags): Format | undefined {
  if (format !== undefined || out === undefined) return format;
  const ending = FORMATS.find((known) => extname(out) === `.${known}`);
  if (ending !== undefined) return ending;
  throw new NetverdictError(
    'NV_USAGE',
    `"${out}" ends with no format: --format ${FORMATS.join('|')}`,
  );
}

async function rowsAs(sql: string, format: Format, flags: QueryFlags): Promise<Buffer> {
  if (flags.from === undefined) return postBody(flags, `/v1/query/${format}`, { sql });
  const { queryExportAs } = await import('../../analyzer/replay/index.js');
  return queryExportAs(flags.from, sql, format);
}

async function answer(sql: string, flags: QueryFlags): Promise<Answer> {
  const { from, limit } = flags;
  if (from === undefined) return postJson<Answer>(flags, '/v1/query', { sql, limit });
  const { queryExport } = await import('../../analyzer/replay/index.js');
  // As they come from an analyzer.
  return JSON.parse(jsonText(await queryExport(from, sql, limit))) as Answer;
}

function listing(rows: readonly Row[]): string {
  const [first] = rows;
  if (first === undefined) return 'No row.\n';
  const head = Object.keys(first);
  return table(
    head,
    rows.map((row) => head.map((column) => cell(row[column]))),
  );
}

function cell(value: unknown): string | number {
  if (value === null) return '';
  if (typeof value === 'string' || typeof value === 'number') return value;
  return JSON.stringify(value);
}
