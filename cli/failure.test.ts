import { CommanderError } from 'commander';
import { afterEach, expect, test, vi } from 'vitest';
import { NetverdictError } from '../primitives/common/errors/index.js';
import { failure } from './failure.js';

afterEach(() => vi.unstubAllEnvs());

test('a wrong use of the command line ends with 2', () => {
  const error = new CommanderError(1, 'commander.unknownOption', "error: unknown option '--foo'");
  expect(failure(error)).toEqual({ exitCode: 2, line: "netverdict: unknown option '--foo'" });
});

test('--help and --version end with 0 and say nothing more', () => {
  const help = new CommanderError(0, 'commander.helpDisplayed', '(outputHelp)');
  expect(failure(help)).toEqual({ exitCode: 0, line: '' });
});

test('a coded error keeps its exit code and fits one line', () => {
  const error = new NetverdictError('NV_CAPABILITY_MISSING', 'no BTF');
  expect(failure(error)).toEqual({
    exitCode: 3,
    line: 'netverdict: NV_CAPABILITY_MISSING: no BTF',
  });
});

test('anything else ends with 1, its stack shown only when asked for', () => {
  const error = new TypeError('x is not a function\nsecond line');
  expect(failure(error)).toEqual({
    exitCode: 1,
    line: 'netverdict: unexpected: x is not a function (NETVERDICT_DEBUG=1 shows where)',
  });
  vi.stubEnv('NETVERDICT_DEBUG', '1');
  expect(failure(error).line).toContain('failure.test.ts');
});
