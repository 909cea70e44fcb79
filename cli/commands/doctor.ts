import Table from 'cli-table3';
import type { Command } from 'commander';
import pc from 'picocolors';
import type { Capability } from '../../primitives/common/loader/index.js';
import { requireKernel } from '../kernel.js';

export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('show what this machine offers each probe, and how to get what it lacks')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: true }) => {
      const { capabilities } = await import('../../primitives/common/loader/index.js');
      const found = capabilities();
      console.log(json ? JSON.stringify({ capabilities: found }, null, 2) : table(found));
      await requireKernel();
    });
}

function table(found: readonly Capability[]): string {
  const rows = new Table({
    head: ['capability', 'needed', 'here', 'found, or how to get it'],
    style: { head: [], border: [], compact: true },
  });
  for (const { name, required, ok, reason, remedy } of found) {
    const here = ok ? pc.green('yes') : required ? pc.red('no') : pc.yellow('no');
    const text = ok ? reason : `${reason}; ${remedy}`;
    rows.push([name, required ? 'always' : 'for its probe', here, text]);
  }
  return rows.toString();
}
