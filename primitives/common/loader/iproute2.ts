/** Typed `ip` and `tc`. Each call is one process; inside a namespace when its name or path is given. */
import { NetverdictError } from '../errors/index.js';
import { netnsPath } from './netns.js';
import { runTool } from './tool.js';

export interface Link {
  readonly ifindex: number;
  readonly ifname: string;
  /** Name of the other end or the device beneath, when that is in the same namespace. */
  readonly link?: string;
  /** Its index, when it is elsewhere. */
  readonly link_index?: number;
  readonly link_netnsid?: number;
  readonly master?: string;
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly operstate: string;
  readonly link_type: string;
  readonly address?: string;
  readonly linkinfo?: {
    readonly info_kind?: string;
    readonly info_data?: Readonly<Record<string, unknown>>;
  };
}

export interface Address {
  readonly family: 'inet' | 'inet6';
  readonly local: string;
  readonly prefixlen: number;
  readonly scope: string;
}

/** A classifier of the qdisc clsact, in the order of `tc filter show`, which is that of execution. */
export interface Filter {
  readonly kind: string;
  readonly pref: number;
  readonly protocol: string;
  readonly options?: {
    readonly handle?: string;
    readonly bpf_name?: string;
    readonly prog?: { readonly id: number; readonly name?: string };
  };
}

export interface LinkAddresses extends Link {
  readonly addr_info: readonly Address[];
}

export interface Route {
  readonly dst: string;
  readonly gateway?: string;
  readonly dev?: string;
  readonly prefsrc?: string;
  readonly metric?: number;
  readonly scope?: string;
  readonly protocol?: string;
}

export interface Qdisc {
  readonly kind: string;
  readonly handle: string;
  readonly dev: string;
  readonly root?: boolean;
  readonly parent?: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly bytes: number;
  readonly packets: number;
  readonly drops: number;
  readonly overlimits: number;
  readonly requeues: number;
  /** Bytes that wait. */
  readonly backlog: number;
  /** Packets that wait. */
  readonly qlen: number;
}

type Tool = 'ip' | 'tc' | 'bridge';

export const links = (netns?: string): Promise<Link[]> =>
  ask('ip', ['-details', 'link', 'show'], netns);

export const addresses = (netns?: string): Promise<LinkAddresses[]> =>
  ask('ip', ['-details', 'address', 'show'], netns);

export const routes = (netns?: string, family: 4 | 6 = 4): Promise<Route[]> =>
  ask('ip', [`-${family}`, 'route', 'show'], netns);

export const qdiscs = (netns?: string): Promise<Qdisc[]> =>
  ask('tc', ['-s', 'qdisc', 'show'], netns);

/** What is there besides the bare classifiers, which have no filter. */
export const filters = async (
  dev: string,
  hook: 'ingress' | 'egress',
  netns?: string,
): Promise<Filter[]> => {
  const rows = await ask<Filter>('tc', ['filter', 'show', 'dev', dev, hook], netns);
  return rows.filter(({ options }) => options !== undefined);
};

/** Runs the lines in one process; the first that fails ends it and is quoted. */
export async function batch(tool: Tool, lines: readonly string[], netns?: string): Promise<void> {
  if (lines.length === 0) return;
  await run(tool, ['-batch', '-'], netns, lines);
}

async function ask<Row>(tool: Tool, args: readonly string[], netns?: string): Promise<Row[]> {
  const answer = await run(tool, ['-json', ...args], netns);
  const rows = answer.trim() === '' ? [] : (JSON.parse(answer) as Row[]);
  // `ip -json` prints `{}` for what its filter left out.
  return rows.filter((row) => Object.keys(row as object).length > 0);
}

async function run(
  tool: Tool,
  args: readonly string[],
  netns: string | undefined,
  lines: readonly string[] = [],
): Promise<string> {
  // Not `ip -n`: it takes names only, and mounts a private /sys at every call.
  const inside = netns === undefined ? [] : ['nsenter', `--net=${netnsPath(netns)}`];
  const input = lines.map((line) => `${line}\n`).join('');
  const { output, complaint, code } = await runTool([...inside, tool, ...args], { input });
  if (code === 0) return output;
  const reason = complaint.trim().replace(/\s*\n\s*/g, '; ');
  throw new NetverdictError(
    'NV_TOOL_FAILED',
    `${[tool, ...args].join(' ')}${quoteFailed(complaint, lines)}: ${reason}`,
  );
}

/** iproute2 says `Command failed -:3` for the third line of a batch. */
function quoteFailed(complaint: string, lines: readonly string[]): string {
  const line = lines[Number(/Command failed -:(\d+)/.exec(complaint)?.[1]) - 1];
  return line === undefined ? '' : ` "${line}"`;
}
