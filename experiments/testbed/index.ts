import { cpus } from 'node:os';
import { build } from './build.js';
import { pinCongestionControl } from './congestion-control.js';
import { type HostId, type HostPlan, namespacesOf, type Plan, plan, type PodPlan } from './plan.js';
import { Processes } from './processes.js';
import { claim, cleanLeftovers, release, removeNamespaces } from './state.js';

export { cleanLeftovers } from './state.js';

const CONGESTION_CONTROL = 'cubic';

export interface TestbedOptions {
  /** Part of every name; two testbeds with different ids can stand side by side. */
  readonly id: string;
}

/** Three hosts, two pods each, a routed middle; real namespaces, links, queues and processes. */
export class Testbed {
  readonly processes = new Processes();
  #undo: () => void = () => undefined;
  #destroyed = false;

  private constructor(readonly plan: Plan) {}

  /** Takes about half a second. Fails with NV_TESTBED_FAILED or NV_TOOL_FAILED and leaves nothing behind. */
  static async build({ id }: TestbedOptions): Promise<Testbed> {
    await cleanLeftovers();
    const testbed = new Testbed(plan(id, cpus().length));
    const namespaces = namespacesOf(testbed.plan);
    await removeNamespaces(namespaces);
    claim(id, namespaces);
    try {
      await build(testbed.plan);
      const pods = Object.values(testbed.plan.hosts).flatMap((h) => h.pods.map((p) => p.netns));
      testbed.#undo = await pinCongestionControl(CONGESTION_CONTROL, pods);
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

  /** Ends its processes and removes its namespaces; may be called twice. */
  async destroy(): Promise<void> {
    if (this.#destroyed) return;
    this.#destroyed = true;
    await this.processes.endAll();
    this.#undo();
    await removeNamespaces(namespacesOf(this.plan));
    release(this.plan.id);
  }
}
