import type { Command } from 'commander';
import { requireKernel } from '../kernel.js';

interface BenchFlags {
  quick?: boolean;
  out?: string;
}

export function registerBench(program: Command): void {
  program
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
