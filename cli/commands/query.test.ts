import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { temporaryFolder } from '../../analyzer/server/fixtures.js';
import { type RunningAnalyzer, startAnalyzer } from '../../analyzer/server/server.js';
import { artifact } from '../../primitives/common/artifacts.js';

const folder = temporaryFolder();
const listen = `unix:${join(folder, 'a.sock')}`;
let analyzer: RunningAnalyzer;

beforeAll(async () => {
  analyzer = await startAnalyzer({ listen, data: folder, log: pino({ enabled: false }) });
});
afterAll(async () => {
  await analyzer.stop();
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const query = (...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const command = ['--import', 'tsx', artifact('cli/main.ts'), 'query', '--analyzer', listen];
    execFile(process.execPath, [...command, ...args], (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });

it('prints rows as a table, as JSON, and says when there are more', async () => {
  const sql = "SELECT range AS n, 'two words' AS text, NULL AS none FROM range(3)";
  const text = await query(sql, '--limit', '2');
  expect(text.out).toContain('two words');
  expect(text.out.split('\n').filter((line) => line.includes('two words'))).toHaveLength(2);
  expect(text.err).toBe('netverdict: the first 2 rows; --limit asks for more\n');
  const json = await query(sql, '--json');
  expect(JSON.parse(json.out)).toEqual(
    [0, 1, 2].map((n) => ({ n, text: 'two words', none: null })),
  );
  expect(json.err).toBe('');
  expect((await query('FROM alert')).out).toBe('No row.\n');
});

it('writes all rows to a file, or in a format that was asked for', async () => {
  const csv = await query('SELECT 1 AS a', '--format', 'csv');
  expect(csv.out).toBe('a\n1\n');
  const out = join(folder, 'rows.parquet');
  await query('FROM range(3000)', '--out', out);
  const asked = await query('SELECT 1', '--out', join(folder, 'rows.xls'));
  expect(asked).toMatchObject({ code: 2, out: '' });
  expect(readFileSync(out).subarray(0, 4).toString()).toBe('PAR1');
  const file = await query('DELETE FROM alert', '--format', 'arrow');
  expect(file.err).toContain('only statements that read are allowed');
});

it.each([
  ['FROM alrt', 'Did you mean "alert"'],
  ['SELECT 1 +', 'syntax error at end of input'],
  ['DELETE FROM alert', 'only statements that read are allowed, not DELETE'],
])('%s ends with 1 and one line that tells why', async (sql, why) => {
  const { code, out, err } = await query(sql);
  expect({ code, out, lines: err.trimEnd().split('\n').length }).toEqual({
    code: 1,
    out: '',
    lines: 1,
  });
  expect(err).toMatch(/^netverdict: NV_BAD_QUERY: /);
  expect(err).toContain(why);
});
