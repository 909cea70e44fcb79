import type { Log } from './log.js';

/** One direction of a connection, as the analyzer names it. */
export interface FlowKey {
  readonly src: string;
  readonly src_port: number;
  readonly dst: string;
  readonly dst_port: number;
  readonly protocol: number;
}

export type ArmingState = 'armed' | 'disarmed' | 'expired' | 'failed';

interface Incident {
  readonly flows: readonly FlowKey[];
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
    private readonly apply: (flows: readonly FlowKey[]) => Promise<string>,
    private readonly record: (incident: string, state: ArmingState, detail: string) => void,
    private readonly log: Log,
  ) {}

  get armed(): boolean {
    return this.#incidents.size > 0;
  }

  arm(incident: string, flows: readonly FlowKey[], seconds: number): void {
    const before = this.#incidents.get(incident);
    clearTimeout(before?.expiry);
    const expiry = setTimeout(() => {
      this.#end(incident, 'expired', `after ${seconds} s`);
    }, seconds * 1000);
    this.#incidents.set(incident, { flows, expiry });
    if (before !== undefined && sameFlows(before.flows, flows)) return;
    this.#schedule(async () => {
      if (!this.#incidents.has(incident)) return;
      this.record(incident, 'armed', await this.apply(this.#union()));
    }, incident);
  }

  disarm(incident: string): void {
    this.#end(incident, 'disarmed', 'by the analyzer');
  }

  async stop(): Promise<void> {
    for (const incident of this.#incidents.keys()) this.#end(incident, 'disarmed', 'agent stops');
    await this.#queue;
  }

  #end(incident: string, state: ArmingState, detail: string): void {
    const ended = this.#incidents.get(incident);
    if (ended === undefined) return;
    clearTimeout(ended.expiry);
    this.#incidents.delete(incident);
    this.#schedule(async () => {
      await this.apply(this.#union());
      this.record(incident, state, detail);
    }, incident);
  }

  /** One change at a time, in order. */
  #schedule(change: () => Promise<void>, incident: string): void {
    this.#queue = this.#queue.then(change).catch((error: unknown) => {
      const { message } = error as Error;
      this.log.error(`arming of ${incident} failed: ${message}`);
      this.record(incident, 'failed', message);
    });
  }

  #union(): FlowKey[] {
    const flows = [...this.#incidents.values()].flatMap((incident) => incident.flows);
    return [...new Map(flows.map((flow) => [keyOf(flow), flow])).values()];
  }
}

const keyOf = (flow: FlowKey): string =>
  `${flow.protocol} ${flow.src} ${flow.src_port} ${flow.dst} ${flow.dst_port}`;

const sameFlows = (a: readonly FlowKey[], b: readonly FlowKey[]): boolean =>
  a.map(keyOf).sort().join() === b.map(keyOf).sort().join();
