import { type FlowTuple, tupleText } from '../common/bpf/flow-key.js';
import type { Log } from './log.js';

export type ArmingState = 'armed' | 'disarmed' | 'expired' | 'failed';

/** Tuples with the same number are one connection as different taps see it; one without is a connection of its own. */
export interface ArmedFlow extends FlowTuple {
  readonly connection?: number;
}

interface Incident {
  readonly flows: readonly ArmedFlow[];
  readonly expiry: NodeJS.Timeout;
}

/** When a flow was to be traced for the first time, and the last; by performance.now(). */
interface Order {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** A flow that is over is traced for so long after its end, or after the first order: its last packets are told. */
const LINGER_MS = 2000;
/** An order is not the first while the last is younger. */
const REMEMBERED_MS = 60_000;

/**
 * Which flows are traced, and until when. Several incidents may trace at once: the union of their flows is
 * applied, and nothing stays attached after the last. Each arming ends by itself, analyzer or not.
 */
export class Arming {
  readonly #incidents = new Map<string, Incident>();
  readonly #orders = new Map<string, Order>();
  #queue: Promise<void> = Promise.resolve();

  constructor(
    /** Traces exactly these flows (none: detaches). */
    private readonly apply: (flows: readonly FlowTuple[]) => Promise<void>,
    private readonly record: (incident: string, state: ArmingState, reason: string) => void,
    private readonly log: Log,
    /** When a flow ended, as performance.now() told; undefined while it goes on. */
    private readonly overSince: (flow: FlowTuple) => number | undefined = () => undefined,
  ) {}

  get armed(): boolean {
    return this.#incidents.size > 0;
  }

  /** Flows that ended a while ago are left out, however often they are asked for. */
  arm(incident: string, ordered: readonly ArmedFlow[], seconds: number): void {
    this.#remember(ordered);
    const flows = this.#alive(ordered);
    if (flows.length < ordered.length && flows.length === 0) return;
    const before = this.#incidents.get(incident);
    clearTimeout(before?.expiry);
    const expiry = setTimeout(() => {
      this.#end(incident, 'expired', `after ${seconds} s`);
    }, seconds * 1000);
    this.#incidents.set(incident, { flows, expiry });
    if (before !== undefined && sameFlows(before.flows, flows)) return;
    this.#schedule(incident, async () => {
      if (!this.#incidents.has(incident)) return;
      await this.apply(this.#union());
      this.record(incident, 'armed', '');
    });
  }

  disarm(incident: string): void {
    this.#end(incident, 'disarmed', 'by the analyzer');
  }

  disarmAll(reason: string): void {
    for (const incident of this.#incidents.keys()) this.#end(incident, 'disarmed', reason);
  }

  /** Lets go of connections that have ended; an incident ends with its last. */
  releaseEnded(): void {
    for (const [incident, { flows, expiry }] of this.#incidents) {
      const alive = this.#alive(flows);
      if (alive.length === flows.length) continue;
      if (alive.length === 0) this.#end(incident, 'disarmed', 'its flows have ended');
      else {
        this.#incidents.set(incident, { flows: alive, expiry });
        this.#schedule(incident, () => this.apply(this.#union()));
      }
    }
  }

  async stop(): Promise<void> {
    this.disarmAll('agent stops');
    await this.#queue;
  }

  #remember(flows: readonly ArmedFlow[]): void {
    const nowMs = performance.now();
    for (const [text, { lastMs }] of this.#orders)
      if (nowMs - lastMs > REMEMBERED_MS) this.#orders.delete(text);
    for (const text of flows.map(tupleText))
      this.#orders.set(text, { firstMs: this.#orders.get(text)?.firstMs ?? nowMs, lastMs: nowMs });
  }

  /** Without connections that any tap here saw end, by whatever addresses. */
  #alive(flows: readonly ArmedFlow[]): ArmedFlow[] {
    const over = flows.filter((flow) => this.#isOver(flow));
    const connections = new Set(over.map(({ connection }) => connection));
    connections.delete(undefined);
    return flows.filter((flow) => !over.includes(flow) && !connections.has(flow.connection));
  }

  #isOver(flow: ArmedFlow): boolean {
    const overMs = this.overSince(flow);
    if (overMs === undefined) return false;
    const firstMs = this.#orders.get(tupleText(flow))?.firstMs ?? 0;
    return performance.now() - Math.max(overMs, firstMs) >= LINGER_MS;
  }

  #end(incident: string, state: ArmingState, reason: string): void {
    const ended = this.#incidents.get(incident);
    if (ended === undefined) return;
    clearTimeout(ended.expiry);
    this.#incidents.delete(incident);
    this.#schedule(incident, async () => {
      await this.apply(this.#union());
      this.record(incident, state, reason);
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
