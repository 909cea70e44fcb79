import type { Command } from 'commander';
import type { Comparison } from '../../bench/compare/index.js';
import { requireKernel } from '../kernel.js';
import { table } from '../table.js';

interface BenchFlags {
  quick?: boolean;
  out?: string;
}

export function registerBench(program: Command): void {
  const command = program
    .command('bench')
    .description('measure a claim about netverdict itself (without a name: list the claims)')
    .argument('[name]', 'which')
    .option('--quick', 'fewer and shorter repetitions: to see that it runs, not to quote')
    .option(
      '--out <path>',
      'keep the figures as PATH.md and PATH.json (default: docs/results/NAME)',
    )
    .addHelpText(
      'after',
      '\nExit 0: every target is met. Exit 1: one is missed, or it was interrupted.',
    )
    .action(bench);
  command
    .command('compare <before> <after>')
    .description('say what changed from one saved result (.json) to another, beyond noise')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExit 1: something became worse.')
    .action(compareResults);
}

async function compareResults(
  before: string,
  after: string,
  flags: { json?: boolean },
): Promise<void> {
  const { compareFiles } = await import('../../bench/compare/index.js');
  const comparison = compareFiles(before, after);
  process.stdout.write(
    flags.json ? `${JSON.stringify(comparison, null, 2)}\n` : listing(comparison),
  );
  process.exitCode = comparison.changes.some(({ verdict }) => verdict === 'worse') ? 1 : 0;
}

function listing({ changes, notes }: Comparison): string {
  const rows = changes.map(({ name, before, after, chance, verdict }) => [
    ...[name, before, after],
    chance === null ? 'one value' : chance.toPrecision(2),
    verdict,
  ]);
  const runs = changes.flatMap(({ name, worse = [] }) =>
    worse.length === 0 ? [] : [`worse in ${name}: ${worse.join(', ')}\n`],
  );
  return [
    table(['figure', 'before', 'after', 'chance', 'verdict'], rows),
    ...runs,
    ...notes.map((note) => `${note}\n`),
  ].join('');
}

async function bench(name: string | undefined, { quick = false, out }: BenchFlags): Promise<void> {
  const { BENCHES, benchNamed, measureClaim } = await import('../../bench/run.js');
  if (name === undefined) {
    process.stdout.write(`${Object.keys(BENCHES).join('\n')}\n`);
    return;
  }
  benchNamed(name);
  const { interruption } = await import('../../experiments/testbed/interruption.js');
  const signal = interruption();
  await requireKernel();
  const command = ['netverdict', ...process.argv.slice(2)].join(' ');
  try {
    process.exitCode = (await measureClaim({ name, quick, out, command }, signal)) ? 0 : 1;
  } catch (error) {
    if (!signal.aborted) throw error;
    process.stderr.write('bench: interrupted\n');
    process.exitCode = 1;
  }
}
