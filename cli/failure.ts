import { inspect } from 'node:util';
import { CommanderError } from 'commander';
import { NetverdictError } from '../primitives/common/errors/index.js';

/** How a command that threw ends: its exit code and the line for stderr, empty when all is said. */
export function failure(error: unknown): { exitCode: number; line: string } {
  if (error instanceof CommanderError) return usage(error);
  const exitCode = error instanceof NetverdictError ? error.exitCode : 1;
  return { exitCode, line: `netverdict: ${debugging() ? stack(error) : summary(error)}` };
}

/** Help and --version come as errors with exit code 0; a missing subcommand prints the help. */
function usage(error: CommanderError): { exitCode: number; line: string } {
  if (error.exitCode === 0) return { exitCode: 0, line: '' };
  if (error.code === 'commander.help') return { exitCode: 2, line: '' };
  return { exitCode: 2, line: `netverdict: ${oneLine(error.message.replace(/^error: /, ''))}` };
}

/** Commander puts its guess of what was meant on a second line. */
const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ');

function summary(error: unknown): string {
  if (error instanceof NetverdictError) return `${error.code}: ${error.message}`;
  const message = error instanceof Error ? error.message : String(error);
  return `unexpected: ${message.split('\n')[0] ?? ''} (NETVERDICT_DEBUG=1 shows where)`;
}

/** With its causes, and what they carry: the verifier's whole log, for one. */
const stack = (error: unknown): string =>
  inspect(error, { depth: 5, maxStringLength: null, colors: process.stderr.isTTY });

const debugging = (): boolean => Boolean(process.env['NETVERDICT_DEBUG']);
