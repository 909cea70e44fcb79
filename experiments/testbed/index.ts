import { mkdirSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './build.js';
import { pinCongestionControl, toRestore } from './congestion-control.js';
import {
  type HostId,
  type HostPlan,
  namespacesOf,
  type Plan,
  plan,
  type PodPlan,
  type Roles,
} from './plan.js';
import { Processes } from './processes.js';
import { cleanLeftovers, refuseLiving, remove, removeNamespaces } from './remove.js';
import { addServices, type ServiceMode } from './services.js';
import { owned, save, type State } from './state.js';

export { cleanLeftovers } from './remove.js';

const CONGESTION_CONTROL = 'cubic';

export interface TestbedOptions {
  /** Part of every name; two testbeds with different ids can stand side by side. */
  readonly id: string;
  /** Clients reach servers by service addresses; without it, by the pods' own. */
  readonly services?: ServiceMode;
  /** Else each host plays the part that it is named after. */
  readonly roles?: Roles;
}

/** Three hosts, two pods each, a routed middle; real namespaces, links, queues and processes. */
export class Testbed {
  readonly processes = new Processes();
  #destroyed = false;

  private constructor(
    readonly plan: Plan,
    private readonly state: State,
    /** Whether clients are to ask for service addresses. */
    readonly hasServices: boolean,
  ) {}

  /**
   * Takes about half a second. Fails with NV_TESTBED_FAILED or NV_TOOL_FAILED and leaves nothing behind; a testbed of
   * the same id whose owner lives is refused and stays as it is.
   */
  static async build({ id, services, roles }: TestbedOptions): Promise<Testbed> {
    refuseLiving(id);
    await cleanLeftovers();
    const made = plan(id, cpus().length, roles);
    const namespaces = namespacesOf(made);
    await removeNamespaces(namespaces);
    const state = owned({
      id,
      namespaces,
      cgroup: made.cgroup,
      folder: join(tmpdir(), `netverdict-${id}-${process.pid}`),
      congestionControl: toRestore(CONGESTION_CONTROL),
    });
    save(state);
    const testbed = new Testbed(made, state, services !== undefined);
    try {
      mkdirSync(state.folder, { recursive: true });
      await build(made);
      if (services !== undefined) await addServices(made, services);
      const pods = Object.values(made.hosts).flatMap((h) => h.pods.map((p) => p.netns));
      await pinCongestionControl(CONGESTION_CONTROL, state, pods);
    } catch (error) {
      await testbed.destroy();
      throw error;
    }
    return testbed;
  }

  host(id: HostId): HostPlan {
    return this.plan.hosts[id];
  }

  pod(id: HostId, index: 1 | 2): PodPlan {
    return this.plan.hosts[id].pods[index - 1] ?? this.plan.hosts[id].pods[0];
  }

  /** A folder for what its processes write; goes with the testbed. */
  get folder(): string {
    return this.state.folder;
  }

  /** Ends its processes and removes its namespaces; may be called twice. */
  async destroy(): Promise<void> {
    if (this.#destroyed) return;
    this.#destroyed = true;
    await this.processes.endAll();
    await remove(this.state);
  }
}
