import { setFlagsFromString } from 'node:v8';
import { Option, type Command } from 'commander';
import type { AgentOptions } from '../../primitives/agent/agent.js';
import type { FlowTableKind } from '../../primitives/monitor/index.js';
import { parseCpuList } from '../cpu-list.js';
import { requireKernel } from '../kernel.js';
import { runUntilSignal } from '../lifetime.js';
import { positiveNumber, readToken, wholeNumber } from '../options.js';

/** A heap as small as the agent's is collected with less work by one thread than by four that wait for each other. */
const ONE_COLLECTOR = '--no-parallel-scavenge';
/** Decision 19 says why. */
const DEFAULT_BUDGET_CPU = 10;

/** The options that `agent` and `run` share. */
export interface AgentFlags {
  netns?: string;
  cpus?: number[];
  uplink?: string;
  pods?: string;
  tokenFile?: string;
  maxFlows: number;
  flowTable: FlowTableKind;
  sweepMs: number;
  dnsNames: boolean;
  falseAlarmsPerDay: number;
  /** Of `agent` only: where the analyzer is in the process too, its cost is not the agent's. */
  budgetCpu?: number;
}

export function registerAgent(program: Command): void {
  addAgentOptions(
    program
      .command('agent')
      .description("watch one host's flows and trace those that an analyzer suspects")
      .requiredOption('--host-id <id>', 'name of this host, unique in the cluster')
      .requiredOption('--analyzer <url>', 'http(s)://HOST:PORT or unix:PATH')
      .option(
        '--budget-cpu <percent>',
        'of one processor, which the agent stays below by doing less while nothing is traced',
        positiveNumber,
        DEFAULT_BUDGET_CPU,
      ),
  ).action(async (flags: AgentFlags & { hostId: string; analyzer: string }) => {
    await requireKernel();
    setFlagsFromString(ONE_COLLECTOR);
    const { startAgent } = await import('../../primitives/agent/agent.js');
    const options = agentOptions(flags, flags.hostId, flags.analyzer);
    await runUntilSignal(() => startAgent(options));
  });
}

export function addAgentOptions(command: Command): Command {
  return command
    .option('--netns <name-or-path>', 'network namespace of the host (default: the present one)')
    .addOption(
      new Option(
        '--cpus <list>',
        'CPUs of the host, such as 0-1,3 (default: those this process may use)',
      ).argParser(parseCpuList),
    )
    .option('--uplink <interface>', 'interface that leaves the host (default: discovered)')
    .option('--pods <glob>', 'interfaces of pods, such as "veth*" (default: discovered)')
    .option('--token-file <file>', 'file with the token that the analyzer asks for')
    .option('--max-flows <n>', 'flows kept at once', wholeNumber(1), 16_384)
    .addOption(
      new Option('--flow-table <kind>', 'where they are kept')
        .choices(['set_associative', 'lru_hash'] satisfies FlowTableKind[])
        .default('set_associative'),
    )
    .option(
      '--sweep-ms <ms>',
      'interval between two sweeps; longer while one takes more than an eighth of it',
      wholeNumber(10),
      500,
    )
    .option('--no-dns-names', 'record no names that are asked of DNS')
    .option(
      '--false-alarms-per-day <n>',
      'wanted of all sequential tests of this host together',
      positiveNumber,
      1,
    );
}

export function agentOptions(flags: AgentFlags, hostId: string, analyzer: string): AgentOptions {
  const { netns, cpus, uplink, pods, tokenFile, sweepMs } = flags;
  const { maxFlows, flowTable, dnsNames, falseAlarmsPerDay, budgetCpu } = flags;
  return {
    hostId,
    analyzer,
    maxFlows,
    flowTable,
    sweepMs,
    dnsNames,
    falseAlarmsPerDay,
    ...(budgetCpu !== undefined && { budgetCpu }),
    ...(netns !== undefined && { netns }),
    ...(cpus !== undefined && { cpus }),
    ...(uplink !== undefined && { uplink }),
    ...(pods !== undefined && { pods }),
    ...(tokenFile !== undefined && { token: readToken(tokenFile) }),
  };
}
