import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Fd } from '../common/native/index.js';
import type { DiscoveredTap } from './discovery.js';
import { inodeOf, type Namespace, namespacesById } from './namespaces.js';
import type { IpLink, IpRoute } from './topology.js';

const run = promisify(execFile);

/** Addresses inside a pod change without a word to the host's namespace: read again, ever more seldom. */
const FIRST_REREAD_MS = 500;
const LONGEST_REREAD_MS = 30_000;

export interface Pod {
  readonly ifname: string;
  readonly ifindex: number;
  readonly name: string;
  readonly namespace: Namespace;
  readonly addresses: readonly string[];
}

interface Entry {
  readonly tap: DiscoveredTap;
  readonly namespace: Namespace;
  addresses: readonly string[];
  /** Names of the interfaces inside. */
  readonly interfaces: Map<number, string>;
  rereadAfterMs: number;
  rereadAtMs: number;
}

/** What lives behind each pod tap. */
export class Pods {
  readonly #entries = new Map<number, Entry>();
  readonly #unknown = new Set<number>();

  constructor(private readonly host: Fd) {}

  get all(): Pod[] {
    return [...this.#entries.values()].map(({ tap, namespace, addresses }) => ({
      ifname: tap.ifname,
      ifindex: tap.ifindex,
      name: namespace.name ?? tap.ifname,
      namespace,
      addresses,
    }));
  }

  /** True while the namespace of some pod could not be found. */
  get incomplete(): boolean {
    return this.#unknown.size > 0;
  }

  /** The pod's name; the interface's while its namespace is unknown. */
  nameOf(tap: DiscoveredTap): string {
    return this.#entries.get(tap.ifindex)?.namespace.name ?? tap.ifname;
  }

  /** `pod/name`; empty if unknown. */
  interfaceName(netns: number, ifindex: number): string {
    for (const { tap, namespace, interfaces } of this.#entries.values()) {
      const name = namespace.inode === netns ? interfaces.get(ifindex) : undefined;
      if (name !== undefined) return `${namespace.name ?? tap.ifname}/${name}`;
    }
    return '';
  }

  /** Follows the pod taps of a scan. */
  async follow(taps: readonly DiscoveredTap[]): Promise<void> {
    const pods = taps.filter(({ role }) => role === 'pod');
    const present = new Map(pods.map((tap) => [tap.ifindex, tap]));
    for (const [ifindex, { tap }] of this.#entries) {
      const now = present.get(ifindex);
      if (now?.ifname !== tap.ifname || now.nsid !== tap.nsid) this.#entries.delete(ifindex);
    }
    this.#resolve(pods.filter(({ ifindex }) => !this.#entries.has(ifindex)));
    await this.reread();
  }

  /** Reads the addresses that are due; answers whether any changed. */
  async reread(nowMs = Date.now()): Promise<boolean> {
    const due = [...this.#entries.values()].filter(({ rereadAtMs }) => rereadAtMs <= nowMs);
    const changes = await Promise.all(due.map((entry) => rereadEntry(entry, nowMs)));
    return changes.includes(true);
  }

  #resolve(taps: readonly DiscoveredTap[]): void {
    this.#unknown.clear();
    if (taps.length === 0) return;
    const byId = namespacesById(this.host);
    for (const tap of taps) {
      const namespace = byId.get(tap.nsid);
      if (namespace === undefined) this.#unknown.add(tap.ifindex);
      else {
        const schedule = { rereadAfterMs: FIRST_REREAD_MS, rereadAtMs: 0 };
        this.#entries.set(tap.ifindex, {
          tap,
          namespace,
          addresses: [],
          interfaces: new Map(),
          ...schedule,
        });
      }
    }
  }
}

/** Pods whose default gateway is an address of the interface on the host's side. */
export async function gatewaysFor(host: Fd, links: readonly IpLink[]): Promise<Set<string>> {
  const found = new Set<string>();
  if (links.length === 0) return found;
  const byId = namespacesById(host);
  for (const link of links) {
    const namespace = byId.get(link.link_netnsid ?? -1);
    const routes = namespace === undefined ? [] : await ipIn<IpRoute>(namespace, 'route');
    const own = (link.addr_info ?? []).map(({ local }) => local);
    if (routes.some(({ dst, gateway }) => dst === 'default' && own.includes(gateway))) {
      found.add(link.ifname);
    }
  }
  return found;
}

async function rereadEntry(entry: Entry, nowMs: number): Promise<boolean> {
  const before = entry.addresses.join();
  const links = await ipIn<IpLink>(entry.namespace, 'address');
  entry.addresses = addressesBehind(entry.tap.ifindex, links);
  for (const { ifindex, ifname } of links) entry.interfaces.set(ifindex, ifname);
  entry.rereadAtMs = nowMs + entry.rereadAfterMs;
  entry.rereadAfterMs = Math.min(entry.rereadAfterMs * 2, LONGEST_REREAD_MS);
  return entry.addresses.join() !== before;
}

/** Of the peer of the host's interface; of the whole namespace if no interface is known as its peer. */
function addressesBehind(peer: number, links: readonly IpLink[]): string[] {
  const behind = links.filter(({ link_index }) => link_index === peer);
  return (behind.length > 0 ? behind : links)
    .flatMap(({ addr_info }) => addr_info ?? [])
    .filter(({ scope }) => scope === 'global')
    .flatMap(({ local }) => local ?? []);
}

/** Empty when the namespace is gone, or another one took its path. */
async function ipIn<Row>(namespace: Namespace, object: string): Promise<Row[]> {
  try {
    if (inodeOf(namespace.path) !== namespace.inode) return [];
    const { stdout } = await run('nsenter', [`--net=${namespace.path}`, 'ip', '-json', object]);
    return stdout.trim() === '' ? [] : (JSON.parse(stdout) as Row[]);
  } catch {
    return [];
  }
}
