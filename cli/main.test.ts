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
