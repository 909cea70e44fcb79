import { type FlowTuple, tupleText } from '../common/bpf/flow-key.js';
import type { Log } from './log.js';

export type ArmingState = 'armed' | 'disarmed' | 'expired' | 'failed';

interface Incident {
  readonly flows: readonly FlowTuple[];
  readonly expiry: NodeJS.Timeout;
}

/**
 * Which flows are traced, and until when. Several incidents may trace at once: the union of their flows is
 * applied, and nothing stays attached after the last. Each arming ends by itself, analyzer or not.
 */
export class Arming {
  readonly #incidents = new Map<string, Incident>();
  #queue: Promise<void> = Promise.resolve();

  constructor(
    /** Traces exactly these flows (none: detaches); answers what is attached, in words. */
    private readonly apply: (flows: readonly FlowTuple[]) => Promise<string>,
    private readonly record: (incident: string, state: ArmingState, detail: string) => void,
    private readonly log: Log,
  ) {}

  get armed(): boolean {
    return this.#incidents.size > 0;
  }

  arm(incident: string, flows: readonly FlowTuple[], seconds: number): void {
    const before = this.#incidents.get(incident);
    clearTimeout(before?.expiry);
    const expiry = setTimeout(() => {
      this.#end(incident, 'expired', `after ${seconds} s`);
    }, seconds * 1000);
    this.#incidents.set(incident, { flows, expiry });
    if (before !== undefined && sameFlows(before.flows, flows)) return;
    this.#schedule(incident, async () => {
      if (this.#incidents.has(incident)) {
        this.record(incident, 'armed', await this.apply(this.#union()));
      }
    });
  }

  disarm(incident: string): void {
    this.#end(incident, 'disarmed', 'by the analyzer');
  }

  disarmAll(reason: string): void {
    for (const incident of this.#incidents.keys()) this.#end(incident, 'disarmed', reason);
  }

  async stop(): Promise<void> {
    this.disarmAll('agent stops');
    await this.#queue;
  }

  #end(incident: string, state: ArmingState, detail: string): void {
    const ended = this.#incidents.get(incident);
    if (ended === undefined) return;
    clearTimeout(ended.expiry);
    this.#incidents.delete(incident);
    this.#schedule(incident, async () => {
      await this.apply(this.#union());
      this.record(incident, state, detail);
    });
  }

  /** One change at a time, in order. An incident that cannot be traced must not spoil the others. */
  #schedule(incident: string, change: () => Promise<void>): void {
    this.#queue = this.#queue.then(change).catch((error: unknown) => {
      const { message } = error as Error;
      this.log.error(`arming of ${incident} failed: ${message}`);
      this.record(incident, 'failed', message);
      clearTimeout(this.#incidents.get(incident)?.expiry);
      this.#incidents.delete(incident);
    });
  }

  #union(): FlowTuple[] {
    const flows = [...this.#incidents.values()].flatMap((incident) => incident.flows);
    return [...new Map(flows.map((flow) => [tupleText(flow), flow])).values()];
  }
}

const sameFlows = (a: readonly FlowTuple[], b: readonly FlowTuple[]): boolean =>
  a.map(tupleText).sort().join() === b.map(tupleText).sort().join();
