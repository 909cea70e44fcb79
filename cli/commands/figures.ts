import type { Command } from 'commander';
import { artifact } from '../../primitives/common/artifacts.js';

interface FiguresFlags {
  results: string;
  out: string;
}

export function registerFigures(program: Command): void {
  program
    .command('figures')
    .description('draw every figure as SVG, PNG and PDF, from saved results only')
    .option('--results <dir>', 'what `bench` and `experiment` saved', artifact('docs/results'))
    .option('--out <dir>', 'folder for the figures', 'paper-figures/out')
    .action(async ({ results, out }: FiguresFlags) => {
      const { drawFigures } = await import('../../paper-figures/index.js');
      for (const file of await drawFigures(results, out)) process.stdout.write(`${file}\n`);
    });
}
