import type { Netns } from '../common/loader/index.js';
import { type Fd, native } from '../common/native/index.js';
import { BatchCommand } from './batch-command.js';
import { type DiscoveredTap, type DiscoveryRules, discoverTaps } from './discovery.js';
import type { Endpoint } from './endpoints.js';
import type { Log } from './log.js';
import { Loop } from './loop.js';
import { gatewaysFor, Pods } from './pods.js';
import { type IpLink, type IpRoute, kindOf } from './topology.js';
import { ambiguousUplinks } from './uplinks.js';

/** An interface of the host that deserves a program at both of its hooks. */
export interface Tap {
  readonly ifindex: number;
  readonly ifname: string;
  readonly role: 'pod' | 'uplink';
  /** Empty at an uplink. */
  readonly pod: string;
}

/** … and has it. */
export interface AttachedTap extends Tap {
  readonly attach: 'tcx' | 'clsact';
}

export interface TapDoor {
  /** Answers by which hook. */
  attach(tap: Tap): AttachedTap['attach'];
  detach(tap: Tap): void;
}

const WATCH_EVERY_MS = 200;
/** A pod's namespace may appear after its interface. */
const RETRY_INCOMPLETE_MS = 1000;

/** Keeps a tap at every interface that deserves one, as they come and go. */
export class Interfaces {
  readonly pods: Pods;
  readonly #attached = new Map<number, AttachedTap>();
  readonly #refused = new Set<string>();
  readonly #watch: Fd;
  readonly #loop: Loop;
  #links: readonly IpLink[] = [];
  #scannedMs = 0;

  constructor(
    private readonly host: Netns,
    private readonly rules: DiscoveryRules,
    private readonly door: TapDoor,
    /** Taps, pods or addresses may have changed. */
    private readonly changed: () => void,
    private readonly log: Log,
  ) {
    this.pods = new Pods(host.fd);
    this.#watch = native().netlinkWatch(host.fd);
    this.#loop = new Loop(
      'interfaces',
      () => this.#follow(),
      log,
      () => ({ everyMs: WATCH_EVERY_MS }),
    );
  }

  get taps(): AttachedTap[] {
    return [...this.#attached.values()];
  }

  /** Addresses of the host itself and of its pods. */
  get endpoints(): Endpoint[] {
    return [...this.#links.flatMap((link) => this.#hostEndpoints(link)), ...this.#podEndpoints()];
  }

  /** Name of an interface by its numbers; `pod/name` inside a pod. */
  nameOf(netns: number, ifindex: number): string {
    if (netns !== this.host.inode) return this.pods.interfaceName(netns, ifindex);
    return this.#links.find((link) => link.ifindex === ifindex)?.ifname ?? '';
  }

  /** Of one of the host's, as `ip` calls it; empty for hardware. */
  kindOf(ifindex: number): string {
    const link = this.#links.find((each) => each.ifindex === ifindex);
    return link === undefined ? '' : kindOf(link);
  }

  async start(): Promise<void> {
    await this.#rescan();
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
    native().close(this.#watch);
    for (const tap of this.taps) this.#detach(tap);
  }

  async #follow(): Promise<void> {
    const late = this.pods.incomplete && Date.now() - this.#scannedMs > RETRY_INCOMPLETE_MS;
    if (native().netlinkPending(this.#watch) > 0 || late) await this.#rescan();
    else if (await this.pods.reread()) this.changed();
  }

  async #rescan(): Promise<void> {
    this.#scannedMs = Date.now();
    const { links, routes } = await readTopology(this.host.path);
    const ambiguous = ambiguousUplinks(links, routes, this.rules);
    const gatewayFor = await gatewaysFor(this.host.fd, ambiguous);
    const found = discoverTaps(links, routes, { ...this.rules, gatewayFor });
    await this.pods.follow(found);
    this.#links = links;
    this.#reconcile(found);
    this.changed();
  }

  #reconcile(found: readonly DiscoveredTap[]): void {
    const wanted = new Map(found.map((tap) => [tap.ifindex, this.#tapOf(tap)]));
    for (const tap of this.taps) {
      const now = wanted.get(tap.ifindex);
      if (now === undefined || !sameTap(now, tap)) this.#detach(tap);
    }
    for (const tap of wanted.values()) {
      if (!this.#attached.has(tap.ifindex)) this.#attach(tap);
    }
  }

  #tapOf(tap: DiscoveredTap): Tap {
    const { ifindex, ifname, role } = tap;
    return { ifindex, ifname, role, pod: role === 'pod' ? this.pods.nameOf(tap) : '' };
  }

  #attach(tap: Tap): void {
    try {
      const attach = this.door.attach(tap);
      this.#attached.set(tap.ifindex, { ...tap, attach });
      this.#refused.delete(tap.ifname);
      this.log.info(`${tap.role} tap at ${tap.ifname}${tap.pod === '' ? '' : ` (${tap.pod})`}`);
    } catch (error) {
      if (this.#refused.has(tap.ifname)) return;
      this.#refused.add(tap.ifname);
      this.log.warn(`no tap at ${tap.ifname}: ${(error as Error).message}`);
    }
  }

  #detach(tap: AttachedTap): void {
    this.#attached.delete(tap.ifindex);
    try {
      this.door.detach(tap);
      this.log.info(`tap at ${tap.ifname} ended`);
    } catch (error) {
      this.log.debug(`detach of ${tap.ifname}: ${(error as Error).message}`);
    }
  }

  #hostEndpoints(link: IpLink): Endpoint[] {
    const { ifname, ifindex } = link;
    const role = this.#attached.get(ifindex)?.role === 'uplink' ? 'underlay' : 'host';
    return (link.addr_info ?? [])
      .filter(({ scope }) => scope === 'global')
      .flatMap(({ local }) => local ?? [])
      .map((address) => ({ role, pod: '', ifname, ifindex, netns: this.host.inode, address }));
  }

  #podEndpoints(): Endpoint[] {
    return this.pods.all.flatMap(({ name, ifname, ifindex, namespace, addresses }) =>
      addresses.map((address) => ({
        role: 'pod' as const,
        pod: name,
        ifname,
        ifindex,
        netns: namespace.inode,
        address,
      })),
    );
  }
}

const sameTap = (a: Tap, b: Tap): boolean =>
  a.ifname === b.ifname && a.role === b.role && a.pod === b.pod;

/** By a new process each time: iproute2 remembers interface names for as long as it lives. */
async function readTopology(netnsPath: string): Promise<{ links: IpLink[]; routes: IpRoute[] }> {
  const ip = new BatchCommand(netnsPath, 'ip', ['-details']);
  try {
    const [links, routes] = await Promise.all([
      ip.ask<IpLink>('address show'),
      ip.ask<IpRoute>('route show table all'),
    ]);
    if (links.length === 0) throw new Error(`ip gave no interface of ${netnsPath}`);
    return { links, routes: routes.filter(({ table }) => (table ?? 'main') === 'main') };
  } finally {
    ip.restart();
  }
}
