import type { Command } from 'commander';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import type { Replay, Replayed } from '../../analyzer/replay/index.js';
import { table } from '../table.js';

interface ReplayFlags {
  incident?: string;
  json?: boolean;
}

export function registerReplay(program: Command): void {
  program
    .command('replay')
    .description('read the verdicts of an export again, and say whether they are the same')
    .argument('<dir>', 'folder that `export` wrote, or a bundle of an incident')
    .option('--incident <id>', 'one incident only')
    .option('--json', 'print both, and where they differ, as JSON')
    .addHelpText('after', '\nExit 0: every verdict is the same, byte for byte. Exit 1: one is not.')
    .action(replayAll);
}

async function replayAll(path: string, flags: ReplayFlags): Promise<void> {
  const { replay } = await import('../../analyzer/replay/index.js');
  const result = await replay(path, flags.incident);
  const { looks, without, unfounded } = result;
  if (flags.incident !== undefined && looks.length + without.length + unfounded.length === 0)
    throw new NetverdictError('NV_NOT_FOUND', `no incident "${flags.incident}" in "${path}"`);
  process.stdout.write(flags.json ? `${JSON.stringify(result, null, 2)}\n` : told(result));
  process.exitCode = unfounded.length === 0 && looks.every(({ same }) => same) ? 0 : 1;
}

function told({ looks, without, unfounded }: Replay): string {
  const rows = looks.map((look) => [
    look.incident,
    look.of,
    named(look.recorded),
    named(look.replayed),
    look.same ? 'same' : 'differs',
  ]);
  const head = ['incident', 'of', 'recorded', 'replayed', ''];
  return [
    looks.length === 0 ? 'Nothing to replay.\n' : table(head, rows),
    ...looks.flatMap((look) => [missingOf(look), ...differencesOf(look)]),
    ...without.map((id) => `${id}: never had a verdict.\n`),
    ...unfounded.map((id) => `${id}: what a verdict of it was read from is not recorded.\n`),
  ].join('');
}

function named({ verdict, split }: Replayed['recorded']): string {
  if (verdict) return [verdict.domain, verdict.host, verdict.cause].filter(Boolean).join(' ');
  return split ? `split of ${split.samples} marks` : 'none';
}

function missingOf({ incident, missing }: Replayed): string {
  const parts = Object.entries(missing).map(([stream, count]) => `${count} of ${stream}`);
  return parts.length === 0
    ? ''
    : `${incident}: records expired or left out: ${parts.join(', ')}.\n`;
}

const MOST_DIFFERENCES = 12;

function differencesOf({ incident, differences }: Replayed): string[] {
  const lines = differences
    .slice(0, MOST_DIFFERENCES)
    .map(
      ({ at, recorded, replayed }) => `${incident}: ${at}: ${text(recorded)} → ${text(replayed)}\n`,
    );
  const more = differences.length - lines.length;
  return more > 0 ? [...lines, `${incident}: ${more} more (--json)\n`] : lines;
}

const text = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));
