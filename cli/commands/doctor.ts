import type { Command } from 'commander';
import pc from 'picocolors';
import type { Capability } from '../../primitives/common/loader/index.js';
import { requireKernel } from '../kernel.js';
import { table } from '../table.js';

export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('show what this machine offers each probe, and how to get what it lacks')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: true }) => {
      const { capabilities } = await import('../../primitives/common/loader/index.js');
      const found = capabilities();
      process.stdout.write(
        json ? `${JSON.stringify({ capabilities: found }, null, 2)}\n` : listing(found),
      );
      await requireKernel();
    });
}

const listing = (found: readonly Capability[]): string =>
  table(
    ['capability', 'needed', 'here', 'found, or how to get it'],
    found.map(({ name, required, ok, reason, remedy }) => [
      name,
      required ? 'always' : 'for its probe',
      ok ? pc.green('yes') : required ? pc.red('no') : pc.yellow('no'),
      ok ? reason : `${reason}; ${remedy}`,
    ]),
  );
