import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
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
  [['demo', '--scenario', 'nope'], 'no scenario "nope"'],
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
