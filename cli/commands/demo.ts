import type { Command } from 'commander';
import { requireKernel } from '../kernel.js';
import { renderTerminal } from '../report-terminal.js';

interface DemoFlags {
  scenario?: string;
  list?: boolean;
  once?: boolean;
  json?: boolean;
  listen: string;
}

export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description('build a cluster of namespaces here, break it, and watch the verdict')
    .option('--scenario <id>', 'one scenario only (default: one of each domain)')
    .option('--list', 'name the scenarios')
    .option('--once', 'exit after the last verdict')
    .option('--json', 'print the incidents as JSON, one a line')
    .option('--listen <host:port>', 'where the page is served', '127.0.0.1:7421')
    .action(demo);
}

async function demo(flags: DemoFlags): Promise<void> {
  const { FAULTS, DEMO_FAULTS, faultById } = await import('../../experiments/faults/index.js');
  if (flags.list) {
    for (const { id, title } of FAULTS) process.stdout.write(`${id.padEnd(24)}${title}\n`);
    return;
  }
  const faults = flags.scenario === undefined ? DEMO_FAULTS : [faultById(flags.scenario)];
  const { interruption } = await import('../../experiments/testbed/interruption.js');
  const signal = interruption();
  await requireKernel();
  const { Progress } = await import('../demo/progress.js');
  const { runSession } = await import('../demo/session.js');
  const progress = new Progress((line) => process.stderr.write(`${line}\n`));
  signal.addEventListener('abort', () => progress.step('end', 'removing the cluster'));
  const show = (incident: Parameters<typeof renderTerminal>[0]): void => {
    process.stdout.write(`${flags.json ? JSON.stringify(incident) : renderTerminal(incident)}\n`);
  };
  const { listen } = flags;
  try {
    const right = await runSession(
      { faults, listen, once: flags.once ?? false, progress, show },
      signal,
    );
    process.exitCode = right ? 0 : 1;
  } catch (error) {
    if (!signal.aborted) throw error;
    process.exitCode = 1;
    if ((error as Error).name !== 'AbortError') progress.step('end', (error as Error).message);
  }
}
