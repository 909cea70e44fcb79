import { execFile, execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALERT, temporaryFolder } from '../../analyzer/server/fixtures.js';
import { type RunningAnalyzer, startAnalyzer } from '../../analyzer/server/server.js';
import { AnalyzerClient } from '../../primitives/agent/analyzer-client.js';
import { artifact } from '../../primitives/common/artifacts.js';
import { fromArrow } from '../../primitives/common/schema/arrow.js';
import { toArrow } from '../../primitives/common/schema/arrow-encode.js';
import { batchFromRows, rowsFromBatch } from '../../primitives/common/schema/columns.js';

const folder = temporaryFolder();
const listen = `unix:${join(folder, 'a.sock')}`;
const OUT = join(folder, 'out');
let analyzer: RunningAnalyzer;

const netverdict = async (...args: string[]): Promise<string> => {
  const command = ['--import', 'tsx', artifact('cli/main.ts'), ...args];
  return (await promisify(execFile)(process.execPath, command)).stdout;
};

const ROWS = { a: 300, 'b:1': 200 };

beforeAll(async () => {
  analyzer = await startAnalyzer({ listen, data: folder, log: pino({ enabled: false }) });
  const client = new AnalyzerClient(listen, undefined);
  for (const [host, rows] of Object.entries(ROWS))
    await client.post(
      '/v1/ingest/alert',
      {
        'content-type': 'application/vnd.apache.arrow.stream',
        'x-netverdict-host': host,
        'x-netverdict-sent-ns': '1000',
      },
      toArrow(
        batchFromRows(
          'alert',
          Array.from({ length: rows }, () => ({ ...ALERT, host })),
        ),
      ),
      AbortSignal.timeout(10_000),
    );
  client.close();
  await netverdict('export', '--analyzer', listen, '--out', OUT);
});

afterAll(async () => {
  await analyzer.stop();
  rmSync(folder, { recursive: true });
});

const files = async (out: string, ending: string): Promise<string[]> =>
  (await readdir(join(out, 'alert'), { recursive: true })).filter((f) => f.endsWith(ending)).sort();

describe('netverdict export', () => {
  it('writes a folder a day and host, and nothing of streams without records', async () => {
    expect((await readdir(OUT)).sort()).toEqual(['alert', 'incidents.json']);
    const day = /^date=\d{4}-\d{2}-\d{2}\/host=/;
    expect((await files(OUT, '.parquet')).map((file) => file.replace(day, ''))).toEqual([
      'a/data.parquet',
      'b%3A1/data.parquet',
    ]);
  });

  it('writes Arrow that stands alone', async () => {
    const out = join(folder, 'arrow');
    await netverdict('export', '--analyzer', listen, '--format', 'arrow', '--out', out);
    const [first = ''] = await files(out, '.arrow');
    const arrow = fromArrow('alert', await readFile(join(out, 'alert', first)));
    expect([arrow.length, rowsFromBatch(arrow)[0]?.['host']]).toEqual([ROWS.a, 'a']);
  });

  it('is read by DuckDB with hive partitioning', async () => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const reader = await connection.runAndReadAll(
      `SELECT host, count(*)::INT AS n, count(DISTINCT date)::INT AS days, any_value(kind) AS kind
       FROM read_parquet('${OUT}/alert/**/*.parquet', hive_partitioning = true)
       GROUP BY host ORDER BY host`,
    );
    expect(reader.getRowObjectsJS()).toEqual(
      Object.entries(ROWS).map(([host, n]) => ({ host, n, days: 1, kind: 'rtt_shift' })),
    );
    connection.closeSync();
  });
});

/** Debian's, not one of some environment. */
const PYTHON = '/usr/bin/python3';

const python = (code: string): string =>
  execFileSync(PYTHON, ['-c', code], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

function hasModules(...names: string[]): boolean {
  try {
    python(`import ${names.join(', ')}`);
    return true;
  } catch {
    return false;
  }
}

const BY_HOST = "print(frame.groupby('host', observed=True).size().to_json())";

it.skipIf(!hasModules('pandas', 'pyarrow'))(
  'is read by pandas (skipped without pandas and pyarrow, which Debian 12 does not have)',
  () => {
    const read = `import pandas; frame = pandas.read_parquet('${OUT}/alert')`;
    expect(JSON.parse(python(`${read}; ${BY_HOST}`))).toEqual(ROWS);
  },
);

it.skipIf(!hasModules('pandas'))(
  'is read by pandas as CSV of a query (skipped without python3-pandas)',
  async () => {
    const out = join(folder, 'alerts.csv');
    await netverdict('query', 'FROM alert', '--from', OUT, '--out', out);
    const read = `import pandas; frame = pandas.read_csv('${out}')`;
    expect(JSON.parse(python(`${read}; ${BY_HOST}`))).toEqual(ROWS);
  },
);
