import { type Command, Option } from 'commander';
import type { TrafficId } from '../../experiments/workloads/index.js';
import { requireKernel } from '../kernel.js';
import { positiveNumber, wholeNumber } from '../options.js';

interface MatrixFlags {
  minutes: number;
  seed?: number;
  out: string;
  keepTelemetry?: boolean;
}

interface RunFlags {
  runs: number;
  past: number;
  services?: 'dnat' | 'masquerade';
  traffic?: TrafficId;
  out?: string;
  triggers?: string;
  keep?: string;
}

const TRAFFIC_KINDS = [
  'short',
  'pooled',
  'documents',
  'stream',
  'datagrams',
  'redis',
  'web',
] satisfies TrafficId[];

export function registerExperiment(program: Command): void {
  const experiment = program
    .command('experiment')
    .description('faults and healthy controls, and how verdicts on them score');
  experiment
    .command('list')
    .description('name the faults and healthy controls')
    .option('--json', 'as JSON')
    .action(list);
  experiment
    .command('run')
    .description('run them against the real system, and hold verdicts against sealed labels')
    .argument(
      '[ids...]',
      '`all`, `set_aside`, `pairs` (two at once), or those named by `list` (default: one of each domain, and health)',
    )
    .option(
      '--runs <n>',
      'of each; every run is a fresh testbed, analyzer and agents',
      wholeNumber(1),
      10,
    )
    .option(
      '--past <seconds>',
      'health before the fault; sequential tests need 17',
      wholeNumber(1),
      6,
    )
    .addOption(
      new Option(
        '--services <mode>',
        'clients ask for service addresses, which their host translates',
      ).choices(['dnat', 'masquerade']),
    )
    .addOption(
      new Option(
        '--traffic <kind>',
        'what the victims do, instead of requests over one connection',
      ).choices(TRAFFIC_KINDS),
    )
    .option('--out <path>', 'keep the verdicts as PATH.md and PATH.json')
    .option('--triggers <path>', 'keep what raised an alert first, and when, likewise')
    .option('--keep <dir>', 'keep what each verdict was read from, for `replay`')
    .addHelpText(
      'after',
      '\nExit 0: every run is right. Exit 1: one is wrong or void, or it was interrupted.',
    )
    .action(run);
  experiment
    .command('matrix')
    .description(
      'every fault at every strength, controls in between, hosts and pods in drawn parts',
    )
    .option(
      '--minutes <n>',
      'stop after so long; the same command goes on from there',
      positiveNumber,
      10,
    )
    .option(
      '--seed <n>',
      'what the plan is drawn from (default: that of the folder, else any)',
      wholeNumber(0, 2 ** 32 - 1),
    )
    .option('--out <dir>', 'folder of the plan, the runs and, apart, the labels', 'build/matrix')
    .option(
      '--keep-telemetry',
      'keep all records of each run as Parquet, for `replay` and baselines',
    )
    .addHelpText('after', '\nExit 0: every run of the plan is done. Exit 1: some are left.')
    .action(matrix);
  experiment
    .command('score')
    .description('hold the verdicts of saved runs against their labels')
    .argument('[dir]', 'folder of a matrix', 'build/matrix')
    .option('--out <path>', 'keep the score as PATH.md and PATH.json')
    .action(scoreSaved);
  experiment
    .command('degrade')
    .description('saved runs again, with agents missing, records lost and clocks off')
    .argument('[dir]', 'folder of a matrix with its telemetry', 'build/matrix')
    .option(
      '--minutes <n>',
      'stop after so long; the same command goes on from there',
      positiveNumber,
      10,
    )
    .option('--work <dir>', 'folder of what is done', 'build/degraded')
    .option('--out <path>', 'keep the table as PATH.md and PATH.json')
    .addHelpText('after', '\nExit 0: every run is done. Exit 1: some are left.')
    .action(degradeSaved);
}

async function list({ json }: { json?: boolean }): Promise<void> {
  const { FAULTS, gradesOf, PAIRS, SET_ASIDE } = await import('../../experiments/faults/index.js');
  const faults = [...FAULTS, ...SET_ASIDE, ...PAIRS].map((fault) => ({
    id: fault.id,
    domain: fault.label?.domain ?? null,
    title: fault.title,
    strengths: gradesOf(fault).flatMap(({ strength }) => strength ?? []),
  }));
  if (json) process.stdout.write(`${JSON.stringify(faults, null, 2)}\n`);
  else
    for (const { id, domain, title } of faults)
      process.stdout.write(`${id.padEnd(26)}${(domain ?? 'healthy').padEnd(15)}${title}\n`);
}

async function matrix({ minutes, seed, out, keepTelemetry = false }: MatrixFlags): Promise<void> {
  const { runMatrix } = await import('../../experiments/scoring/matrix/matrix.js');
  const { interruption } = await import('../../experiments/testbed/interruption.js');
  const signal = interruption();
  await requireKernel();
  const order = { minutes, seed, out, keepTelemetry, command: commandLine() };
  const left = await runMatrix(order, signal);
  if (left > 0) process.stderr.write(`experiment: ${left} runs left; the same command goes on\n`);
  process.exitCode = left > 0 ? 1 : 0;
}

async function scoreSaved(dir: string, { out }: { out?: string }): Promise<void> {
  const { scoreFolder } = await import('../../experiments/scoring/matrix/score.js');
  await scoreFolder(dir, out, commandLine());
}

interface DegradeFlags {
  minutes: number;
  work: string;
  out?: string;
}

async function degradeSaved(from: string, { minutes, work, out }: DegradeFlags): Promise<void> {
  const { degrade } = await import('../../experiments/scoring/degraded/degrade.js');
  const left = await degrade({ from, work, minutes, out, command: commandLine() });
  if (left > 0) process.stderr.write(`experiment: ${left} runs left; the same command goes on\n`);
  process.exitCode = left > 0 ? 1 : 0;
}

const commandLine = (): string => ['netverdict', ...process.argv.slice(2)].join(' ');

async function run(ids: string[], flags: RunFlags): Promise<void> {
  const { faultsNamed, score } = await import('../../experiments/scoring/score.js');
  const faults = faultsNamed(ids);
  const { interruption } = await import('../../experiments/testbed/interruption.js');
  const signal = interruption();
  await requireKernel();
  const { runs, past, services, traffic, out, triggers, keep } = flags;
  const right = await score(
    {
      ...{ faults, runs, pastMs: 1000 * past, services, traffic, out, triggers, keep },
      command: commandLine(),
    },
    signal,
  );
  process.exitCode = right ? 0 : 1;
}
