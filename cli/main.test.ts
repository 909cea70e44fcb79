import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { noisyNeighbour } from '../analyzer/report/fixtures.js';
import { artifact } from '../primitives/common/artifacts.js';

function netverdict(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', artifact('cli/main.ts'), ...args],
    { encoding: 'utf8' },
  );
  return { code: status, out: stdout, err: stderr };
}

test('--version is that of package.json', () => {
  const { version } = JSON.parse(readFileSync(artifact('package.json'), 'utf8')) as {
    version: string;
  };
  expect(netverdict('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' });
});

test.each([
  [['demo', '--sceanrio', 'x'], "unknown option '--sceanrio'"],
  [['frobnicate'], "unknown command 'frobnicate'"],
  [['agent', '--host-id', 'a'], "required option '--analyzer <url>' not specified"],
  [['trace', '10.0.0.1>b'], '"10.0.0.1>b" is no flow'],
  [['trace', '10.0.0.1:1>10.0.0.2:2', '--seconds', '31'], "argument '31' is invalid"],
  [['demo', '--scenario', 'nope'], 'no scenario "nope"'],
  [['replay'], "missing required argument 'dir'"],
  [['experiment', 'run', 'nope'], 'no scenario "nope"'],
  [['experiment', 'run', '--runs', '0'], 'a whole number from 1 on'],
  [['bench', 'nope'], 'no benchmark "nope"'],
  [['bench', 'compare', 'nope.json', 'nope.json'], 'nope.json holds no results'],
  [['query', 'FROM alert', '--out', 'rows.xls'], '"rows.xls" ends with no format'],
])('%j ends with 2 and one line that quotes it', (args, said) => {
  const { code, out, err } = netverdict(...args);
  expect({ code, out, lines: err.trimEnd().split('\n').length }).toEqual({
    code: 2,
    out: '',
    lines: 1,
  });
  expect(err).toMatch(/^netverdict: /);
  expect(err).toContain(said);
});

test('bench compare fails when something became worse, and only then', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nvt-cli-'));
  const results = artifact('docs/results/agent-cost.json');
  const { levels, ...rest } = JSON.parse(readFileSync(results, 'utf8')) as { levels: object[] };
  const slower = join(folder, 'slower.json');
  const dear = levels.map((level) => ({ ...level, cpu_percent: 99 }));
  writeFileSync(slower, JSON.stringify({ levels: dear, ...rest }));
  const worse = netverdict('bench', 'compare', results, slower);
  const better = netverdict('bench', 'compare', slower, results);
  rmSync(folder, { recursive: true });
  expect(worse.code).toBe(1);
  expect(worse.out).toMatch(/cpu_percent, 12 flows .* 99 .* worse/);
  expect([better.code, better.err]).toEqual([0, '']);
});

test('no analyzer is a failure, not a crash', () => {
  const { code, err } = netverdict('incidents', '--analyzer', 'unix:/nonexistent/socket');
  expect(code).toBe(1);
  expect(err).toBe(
    'netverdict: NV_ANALYZER_UNREACHABLE: no analyzer answers at unix:/nonexistent/socket\n',
  );
});

test('a verdict that cannot be replayed is a failure, and is told', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nvt-cli-'));
  const incident = { ...noisyNeighbour(), id: 'inc-1' };
  writeFileSync(join(folder, 'incidents.json'), JSON.stringify({ incidents: [incident] }));
  const { code, out, err } = netverdict('replay', folder);
  rmSync(folder, { recursive: true });
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(out).toContain('inc-1: what a verdict of it was read from is not recorded.');
});

test('experiment list names faults with the domain of their label', () => {
  const { code, out } = netverdict('experiment', 'list', '--json');
  expect(code).toBe(0);
  const faults = JSON.parse(out) as unknown[];
  expect(faults).toContainEqual(
    expect.objectContaining({ id: 'congested_link', domain: 'network' }),
  );
  expect(faults).toContainEqual(expect.objectContaining({ id: 'healthy', domain: null }));
});
