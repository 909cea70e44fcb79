import type { Command } from 'commander';
import pc from 'picocolors';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import type { Capability } from '../../primitives/common/loader/index.js';
import { addClientOptions, type ClientFlags, getJson } from '../client.js';
import { requireKernel } from '../kernel.js';
import { table } from '../table.js';

interface BlindTap {
  readonly host: string;
  readonly ifname: string;
  readonly pod: string;
  readonly hook: string;
  readonly state: string;
  readonly ahead: string;
  readonly missing_share: number;
}

interface Cost {
  readonly process: number;
  readonly programs: number | null;
  readonly steps: number;
}

interface Host {
  readonly host: string;
  /** null: it has not told yet. */
  readonly cost: Cost | null;
  readonly blind_taps: readonly BlindTap[];
}

export function registerDoctor(program: Command): void {
  addClientOptions(
    program
      .command('doctor')
      .description(
        'show what this machine offers each probe, how to get what it lacks, and of a running analyzer’s hosts what their agents cost and which taps do not see everything',
      ),
  )
    .option('--json', 'print JSON')
    .action(async ({ json, ...flags }: ClientFlags & { json?: true }) => {
      const { capabilities } = await import('../../primitives/common/loader/index.js');
      const found = capabilities();
      const hosts = await hostsOf(flags);
      const taps = hosts?.flatMap(({ blind_taps }) => blind_taps) ?? null;
      process.stdout.write(
        json
          ? `${JSON.stringify({ capabilities: found, blind_taps: taps, costs: costs(hosts) }, null, 2)}\n`
          : listing(found) + blindness(hosts, flags) + costTable(hosts ?? []),
      );
      await requireKernel();
    });
}

/** null where no analyzer answers: the machine can be looked at without one. */
async function hostsOf(flags: ClientFlags): Promise<Host[] | null> {
  try {
    return (await getJson<{ hosts: Host[] }>(flags, '/v1/hosts')).hosts;
  } catch (error) {
    if (error instanceof NetverdictError && error.code === 'NV_ANALYZER_UNREACHABLE') return null;
    throw error;
  }
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

function blindness(hosts: readonly Host[] | null, { analyzer }: ClientFlags): string {
  if (hosts === null) return `No analyzer answers at ${analyzer}: not asked for blind taps.\n`;
  if (hosts.length === 0) return `No agent has reported to ${analyzer}.\n`;
  const taps = hosts.flatMap(({ blind_taps }) => blind_taps);
  if (taps.length === 0) return 'Every tap sees its device’s traffic and runs before all others.\n';
  return table(
    ['tap', 'direction', 'not seen', 'runs before the tap'],
    taps.map((tap) => [
      `${tap.host} ${tap.ifname}${tap.pod === '' ? '' : ` (${tap.pod})`}`,
      tap.hook,
      unseen(tap),
      tap.ahead || 'no program: traffic that passes by the hook',
    ]),
  );
}

function unseen({ state, missing_share }: BlindTap): string {
  if (state === 'detached') return pc.red('all: its program is gone');
  if (state === 'ahead') return pc.yellow('nothing known');
  return pc.red(`at least ${Math.round(missing_share * 100)} % of the device’s bytes`);
}

const costs = (hosts: readonly Host[] | null): object[] | null =>
  hosts?.flatMap(({ host, cost }) => (cost ? [{ host, ...cost }] : [])) ?? null;

function costTable(hosts: readonly Host[]): string {
  const rows = hosts.flatMap(({ host, cost }) => (cost ? [[host, ...costCells(cost)]] : []));
  return rows.length === 0
    ? ''
    : table(['agent', 'CPU of its process', 'of its programs', 'to stay within its budget'], rows);
}

const costCells = ({ process, programs, steps }: Cost): string[] => [
  percent(process),
  programs === null ? 'not sampled yet' : percent(programs),
  steps === 0 ? 'leaves out nothing' : pc.yellow(`does less, by ${steps} steps`),
];

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
