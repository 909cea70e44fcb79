/** Typed `nft list ruleset`: the rules of a namespace that may drop packets, with their text. */
import { NetverdictError } from '../errors/index.js';
import { netnsPath } from './netns.js';
import { runTool } from './tool.js';

/** What a rule compares and does, as libnftables-json(5) has it. */
export type Expression = Readonly<Record<string, unknown>>;

export interface NftRule {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  readonly handle: number;
  readonly expr: readonly Expression[];
  /** As `nft list ruleset` prints it. */
  readonly text: string;
}

export interface NftChain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  /** Of a base chain. */
  readonly hook?: string;
  readonly policy?: string;
}

export interface NftRuleset {
  readonly chains: readonly NftChain[];
  readonly rules: readonly NftRule[];
}

type Listed = Omit<NftRule, 'text'>;

interface Item {
  readonly chain?: NftChain;
  readonly rule?: Listed;
}

/** Two processes; rules that come or go between them have no text. Tools that write rules for nf_tables (iptables-nft) show as well. */
export async function nftRuleset(netns: string): Promise<NftRuleset> {
  const [json, text] = await Promise.all([list(netns, '--json'), list(netns, '--stateless')]);
  const items = (JSON.parse(json) as { nftables: Item[] }).nftables;
  const texts = ruleTexts(text);
  return {
    chains: items.flatMap(({ chain }) => chain ?? []),
    rules: items.flatMap(({ rule }) =>
      rule ? [{ ...rule, text: texts.get(keyOf(rule)) ?? '' }] : [],
    ),
  };
}

async function list(netns: string, ...options: string[]): Promise<string> {
  const inside = ['nsenter', `--net=${netnsPath(netns)}`, 'nft'];
  const command = [...inside, ...options, '--handle', 'list', 'ruleset'];
  const { output, complaint, code } = await runTool(command);
  if (code === 0) return output;
  throw new NetverdictError('NV_TOOL_FAILED', `nft list ruleset: ${complaint.trim()}`);
}

const keyOf = ({ family, table, chain, handle }: Listed): string =>
  [family, table, chain, handle].join(' ');

/** Of each rule, by its place and handle. */
function ruleTexts(listing: string): Map<string, string> {
  const texts = new Map<string, string>();
  let table = '';
  let chain = '';
  for (const line of listing.split('\n')) {
    table = /^table (\S+ \S+) \{/.exec(line)?.[1] ?? table;
    chain = /^\tchain (\S+) \{/.exec(line)?.[1] ?? chain;
    const rule = /^\t\t(.*) # handle (\d+)$/.exec(line);
    if (rule) texts.set(`${table} ${chain} ${rule[2]}`, rule[1] ?? '');
  }
  return texts;
}
