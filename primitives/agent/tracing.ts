import { setImmediate } from 'node:timers/promises';
import type { FlowTuple } from '../common/bpf/flow-key.js';
import { native } from '../common/native/index.js';
import { DropRules } from './netfilter/drop-rules.js';
import type { Outbox } from './outbox.js';
import { Owners, threadsOf } from './owners.js';
import type { Primitives } from './primitives.js';

/** Rows told before others may run. */
const OWNERS_AT_ONCE = 2048;

/** What is traced now, whose sockets they are, and the way of the events into the outbox. */
export class Tracing {
  readonly #owners: Owners;
  readonly #dropRules: DropRules;
  #flows: readonly FlowTuple[] = [];

  constructor(
    private readonly primitives: Primitives,
    private readonly outbox: Outbox,
    hostId: string,
    /** Where to find a namespace in scope, by its inode. */
    pathOf: (netns: number) => string | undefined,
  ) {
    this.#owners = new Owners(hostId);
    this.#dropRules = new DropRules(pathOf, (rows) => outbox.rows('drop_rule', rows));
  }

  get armed(): boolean {
    return this.#flows.length > 0;
  }

  /** Processes at the ends of the traced flows. */
  get processes(): ReadonlySet<number> {
    return this.#owners.processesOf(this.#flows);
  }

  /** Traces exactly these flows. */
  apply(flows: readonly FlowTuple[]): void {
    this.#flows = flows;
    if (this.armed) for (const fresh of this.#readOwners()) this.#forwardOwners(fresh);
    this.primitives.trace(flows, threadsOf(this.processes));
    if (!this.armed) this.#forwardEvents();
  }

  drain(): void {
    if (this.armed) this.#forwardEvents();
  }

  /** New sockets become rows, new threads of the traced processes are watched too. */
  async readOwners(): Promise<void> {
    for (const fresh of this.#readOwners()) {
      this.#forwardOwners(fresh);
      await setImmediate();
    }
    if (this.armed) this.primitives.trace(this.#flows, threadsOf(this.processes));
  }

  /** All that is known by now, for an analyzer that may not have heard of it, or forgot. */
  async tellOwners(): Promise<void> {
    const { all } = this.#owners;
    for (let at = 0; at < all.length; at += OWNERS_AT_ONCE) {
      this.#forwardOwners(all.slice(at, at + OWNERS_AT_ONCE));
      await setImmediate();
    }
  }

  #readOwners(): ReturnType<Owners['update']> {
    return this.#owners.update(this.primitives.sockets(), native().monotonicNs());
  }

  #forwardOwners(fresh: readonly object[]): void {
    this.outbox.rows('socket_owner', fresh);
  }

  #forwardEvents(): void {
    for (const batch of this.primitives.drain()) {
      this.#dropRules.heed(batch);
      this.outbox.put(batch);
    }
  }
}
