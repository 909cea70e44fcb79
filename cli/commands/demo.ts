import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import pc from 'picocolors';
import { requireKernel } from '../kernel.js';
import type { Fault } from '../../experiments/faults/index.js';
import type { Cluster } from '../../experiments/scenarios/cluster.js';
import type { Testbed } from '../../experiments/testbed/index.js';
import type { Progress } from '../demo/progress.js';
import { renderTerminal } from '../report-terminal.js';

interface DemoFlags {
  scenario?: string;
  list?: boolean;
  once?: boolean;
  json?: boolean;
  listen: string;
}

const BASELINE_MS = 6000;

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
  await requireKernel();
  const { Progress } = await import('../demo/progress.js');
  const progress = new Progress((line) => process.stderr.write(`${line}\n`));
  process.exitCode = (await withCluster(flags, faults, progress)) ? 0 : 1;
  if (process.exitCode !== 0) process.exit(1);
}

/** Builds, runs and removes everything, whatever way it ends but SIGKILL (the next start removes that). */
async function withCluster(
  flags: DemoFlags,
  faults: readonly Fault[],
  progress: Progress,
): Promise<boolean> {
  const { Testbed, cleanLeftovers } = await import('../../experiments/testbed/index.js');
  const { startBaseline } = await import('../../experiments/workloads/index.js');
  const { Cluster } = await import('../../experiments/scenarios/cluster.js');
  for (const id of await cleanLeftovers())
    progress.step('clean', `removed what an earlier run left: ${id}`);
  const testbed = await Testbed.build({ id: 'demo' });
  const interrupted = onSignal();
  try {
    progress.step('topology', 'hosts a, b, c with two pods each, VXLAN over a routed middle');
    const cluster = await Cluster.start(testbed, flags.listen);
    try {
      progress.step('agents', `one per host, analyzer and page at ${cluster.url}`);
      startBaseline(testbed);
      await Promise.race([sleep(BASELINE_MS), interrupted]);
      progress.step(
        'baseline',
        'healthy traffic: requests a-p1 → b-p1, c-p1 → b-p1; stream b-p2 → c-p2',
      );
      const ran = await Promise.race([
        runAll(flags, faults, testbed, cluster, progress),
        interrupted,
      ]);
      if (ran === 'interrupted') return false;
      if (!flags.once) {
        progress.step('page', `stays at ${cluster.url} until Ctrl-C`);
        await interrupted;
      }
      return ran;
    } finally {
      await cluster.stop();
    }
  } finally {
    await testbed.destroy();
  }
}

async function runAll(
  flags: DemoFlags,
  faults: readonly Fault[],
  testbed: Testbed,
  cluster: Cluster,
  progress: Progress,
): Promise<boolean> {
  const { runScenario, isRight } = await import('../../experiments/scenarios/scenario.js');
  let right = true;
  for (const fault of faults) {
    const outcome = await runScenario(fault, testbed, cluster, progress);
    for (const incident of outcome.incidents) {
      const seconds = incident.timing.verdict_at
        ? ((Date.parse(incident.timing.verdict_at) - outcome.injectedAt.getTime()) / 1000).toFixed(
            1,
          )
        : null;
      progress.good(
        'verdict',
        incident.verdict
          ? `${pc.bold(incident.verdict.domain)} ${incident.verdict.host ?? ''} ${incident.verdict.cause}, ${seconds} s after the fault`
          : 'none in time',
      );
      process.stdout.write(
        flags.json ? `${JSON.stringify(incident)}\n` : `${renderTerminal(incident)}\n`,
      );
    }
    if (outcome.incidents.length === 0)
      progress.verdictless(fault.label === null);
    right &&= isRight(outcome);
  }
  return right;
}

async function onSignal(): Promise<'interrupted'> {
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  return 'interrupted';
}
