import type { Command } from 'commander';
import { addClientOptions, type ClientFlags, postJson } from '../client.js';
import { wholeNumber } from '../options.js';
import { table } from '../table.js';

type Row = Readonly<Record<string, unknown>>;

interface Answer {
  readonly rows: readonly Row[];
  readonly truncated: boolean;
}

type QueryFlags = ClientFlags & { limit: number; json?: boolean };

export function registerQuery(program: Command): void {
  addClientOptions(
    program.command('query <sql>').description('ask an analyzer in SQL; it only reads'),
  )
    .option('--limit <n>', 'rows at most', wholeNumber(1, 100_000), 1000)
    .option('--json', 'print the rows as JSON')
    .addHelpText('after', "\nWhat can be asked of: 'SHOW TABLES', 'DESCRIBE alert'.")
    .action(async (sql: string, flags: QueryFlags) => {
      const { limit } = flags;
      const { rows, truncated } = await postJson<Answer>(flags, '/v1/query', { sql, limit });
      process.stdout.write(flags.json ? `${JSON.stringify(rows, null, 2)}\n` : listing(rows));
      if (truncated)
        process.stderr.write(`netverdict: the first ${limit} rows; --limit asks for more\n`);
    });
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
