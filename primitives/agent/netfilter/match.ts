/** Which rule of a namespace may have dropped a packet, by what of the packet is known. */
import { BlockList } from 'node:net';
import type { Expression, NftRule, NftRuleset } from '../../common/loader/index.js';

/** Undefined is not known. */
export interface DroppedPacket {
  readonly src?: string;
  readonly dst?: string;
  readonly src_port?: number;
  readonly dst_port?: number;
  readonly protocol: number;
}

const PROTOCOLS: Readonly<Record<string, number>> = {
  icmp: 1,
  tcp: 6,
  udp: 17,
  'ipv6-icmp': 58,
  sctp: 132,
};

/**
 * The drop, or policy to drop, that fits the packet best: nothing in it says otherwise, and most in it says so. Conditions
 * that cannot be judged from outside (limits, random numbers, marks, raw offsets) may hold. Null if none fits or several fit alike.
 */
export function droppingRule(ruleset: NftRuleset, packet: DroppedPacket): string | null {
  const fits = ruleset.rules
    .filter(drops)
    .map((rule) => ({ name: nameOf(rule), fit: fitOf(rule, packet) }))
    .filter(({ fit }) => fit !== null)
    .sort((a, b) => (b.fit ?? 0) - (a.fit ?? 0));
  const [best, next] = fits;
  if (best) return next && next.fit === best.fit ? null : best.name;
  const policies = ruleset.chains.filter(({ policy }) => policy === 'drop');
  const [chain] = policies;
  return chain && policies.length === 1
    ? `${chain.family} ${chain.table} ${chain.name}: policy drop`
    : null;
}

const drops = ({ expr }: NftRule): boolean => expr.some((e) => 'drop' in e || 'reject' in e);

const nameOf = ({ family, table, chain, text, handle }: NftRule): string =>
  `${family} ${table} ${chain}: ${text || `handle ${handle}`}`;

/** How many conditions are known to hold; null if one is known not to. */
function fitOf({ expr }: NftRule, packet: DroppedPacket): number | null {
  let fit = 0;
  for (const expression of expr) {
    const match = expression['match'] as Match | undefined;
    const holds = match && judge(match, packet);
    if (holds === false) return null;
    if (holds === true) fit++;
  }
  return fit;
}

interface Match {
  readonly op: string;
  readonly left: Expression;
  readonly right: unknown;
}

function judge({ op, left, right }: Match, packet: DroppedPacket): boolean | undefined {
  if (op !== '==' && op !== '!=' && op !== 'in') return undefined;
  const payload = left['payload'] as { protocol?: string; field?: string } | undefined;
  const meta = left['meta'] as { key?: string } | undefined;
  const named = payload?.protocol === undefined ? undefined : PROTOCOLS[payload.protocol];
  // `tcp dport` is true of TCP only.
  if (named !== undefined && named !== packet.protocol) return false;
  const value = fieldOf(payload?.field ?? meta?.key ?? '', packet);
  const holds = value === undefined ? undefined : isAmong(value, right);
  return holds === undefined ? undefined : holds === (op !== '!=');
}

function fieldOf(field: string, packet: DroppedPacket): string | number | undefined {
  if (field === 'saddr') return packet.src;
  if (field === 'daddr') return packet.dst;
  if (field === 'sport') return packet.src_port;
  if (field === 'dport') return packet.dst_port;
  return field === 'l4proto' || field === 'protocol' || field === 'nexthdr'
    ? packet.protocol
    : undefined;
}

interface Range {
  readonly range?: readonly [number | string, number | string];
  readonly prefix?: { readonly addr: string; readonly len: number };
  readonly set?: readonly unknown[];
}

/** Undefined for named sets, maps and what else is not written in the rule. */
function isAmong(value: string | number, right: unknown): boolean | undefined {
  if (typeof right === 'number') return value === right;
  if (typeof right === 'string') {
    if (right.startsWith('@')) return undefined;
    return value === right || (typeof value === 'number' && value === PROTOCOLS[right]);
  }
  const { range, prefix, set } = right as Range;
  if (set) {
    const judged = set.map((element) => isAmong(value, element));
    return judged.includes(true) ? true : judged.includes(undefined) ? undefined : false;
  }
  if (prefix && typeof value === 'string') return inPrefix(value, prefix.addr, prefix.len);
  if (!range) return undefined;
  const [least, most] = range;
  if (typeof value === 'number' && typeof least === 'number' && typeof most === 'number')
    return least <= value && value <= most;
  return typeof value === 'string' ? inRange(value, String(least), String(most)) : undefined;
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (address.includes(':') ? 'ipv6' : 'ipv4');

function inPrefix(address: string, prefix: string, length: number): boolean {
  const list = new BlockList();
  list.addSubnet(prefix, length, familyOf(prefix));
  return list.check(address, familyOf(address));
}

function inRange(address: string, least: string, most: string): boolean {
  const list = new BlockList();
  list.addRange(least, most, familyOf(least));
  return list.check(address, familyOf(address));
}
