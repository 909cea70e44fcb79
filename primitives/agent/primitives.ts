import type { FlowTuple } from '../common/bpf/flow-key.js';
import { Kallsyms, type Loss, type Netns } from '../common/loader/index.js';
import { type ColumnBatch, joinBatches } from '../common/schema/columns.js';
import { Mapping, Nat } from '../mapping/index.js';
import { type FlowTableKind, Monitor } from '../monitor/index.js';
import { type ProbeState, Tracer } from '../tracer/index.js';
import type { TapWitness } from './blindness/blindness.js';
import type { ProgramRuns } from './governor/program-cost.js';
import type { AttachedTap, Tap, TapDoor } from './interfaces.js';
import { TraceDecoder } from './trace-decoder.js';

export interface PrimitivesOptions {
  readonly hostId: string;
  readonly netns: Netns;
  readonly cpus: readonly number[];
  readonly maxFlows?: number;
  readonly flowTable?: FlowTableKind;
  readonly dnsNames?: boolean;
  readonly falseAlarmsPerDay?: number;
  /** Name of an interface of a namespace in scope, by their numbers. */
  readonly nameOf: (netns: number, ifindex: number) => string;
}

/** Monitor, Tracer and Mapping of one host, behind one door. */
export class Primitives implements TapDoor {
  readonly #mapping: Mapping;
  readonly #nat: Nat;

  private constructor(
    private readonly monitor: Monitor,
    private readonly tracer: Tracer,
    private readonly decoder: TraceDecoder,
    private readonly netns: Netns,
    hostId: string,
  ) {
    this.#mapping = new Mapping(monitor.mappings, hostId);
    this.#nat = new Nat(monitor.natBindings, hostId);
  }

  /** Loads all programs; none is attached yet. */
  static async open(options: PrimitivesOptions): Promise<Primitives> {
    const { hostId, netns, cpus, maxFlows, flowTable, dnsNames, falseAlarmsPerDay, nameOf } =
      options;
    const decoder = new TraceDecoder(hostId, nameOf, await Kallsyms.load());
    const monitor = Monitor.open({
      host: hostId,
      ...(maxFlows !== undefined && { maxFlows }),
      ...(flowTable !== undefined && { flowTable }),
      ...(dnsNames !== undefined && { dnsNames }),
      ...(falseAlarmsPerDay !== undefined && { falseAlarmsPerDay }),
    });
    try {
      return new Primitives(monitor, Tracer.open({ cpus }), decoder, netns, hostId);
    } catch (error) {
      monitor.close();
      throw error;
    }
  }

  attach(tap: Tap): AttachedTap['attach'] {
    return this.monitor.attach({ netnsFd: this.netns.fd, ...tap });
  }

  detach({ ifindex }: Tap): void {
    this.monitor.detach(ifindex);
  }

  /** Whose taps they are, for `Blindness`. */
  get witness(): TapWitness {
    return this.monitor;
  }

  /** What belongs to this host: the namespaces of its pods besides its own, and its uplinks. */
  setScope(pods: readonly number[], uplinks: readonly Tap[]): void {
    const netns = this.netns.inode;
    this.tracer.setScope(
      [netns, ...new Set(pods)],
      uplinks.map(({ ifindex }) => ({ netns, ifindex })),
    );
  }

  onAlert(heard: (alerts: ColumnBatch) => void): void {
    this.monitor.onAlert(heard);
  }

  /** Growth since the last sweep, pull alerts, mappings, translations, the account of losses. */
  *sweep(): Generator<ColumnBatch> {
    yield* this.monitor.sweep();
    yield this.#mapping.sweep();
    yield this.#nat.sweep();
  }

  /** What waits in the ring buffers. */
  drain(): ColumnBatch[] {
    const traced = this.tracer.drain().map((records) => this.decoder.decode(records));
    return joinBatches([...this.monitor.drain(), ...traced]);
  }

  /** Alerts of sequential tests that were not raised again, since the start. */
  get suppressedAlerts(): number {
    return this.monitor.suppressedAlerts;
  }

  /** Of the tap programs, while the kernel's statistics are on. */
  programRuns(): ProgramRuns {
    return this.monitor.programRuns();
  }

  tracerLosses(): Loss[] {
    return this.tracer.losses();
  }

  /** Traces exactly these flows and watches these threads; none detaches. */
  trace(flows: readonly FlowTuple[], threads: readonly number[]): void {
    this.monitor.setArmed(flows);
    this.tracer.arm(flows, threads);
  }

  /** Of the tracer: what tells of the flows that are traced, and what does not. */
  get probes(): ProbeState[] {
    return this.tracer.probes;
  }

  /** C records of the stream socket_owner, some hundred at a time: every socket in scope with a process that holds it. */
  sockets(): Generator<Uint8Array> {
    return this.tracer.owners();
  }

  /** C records of the stream socket_time: senders that a buffer or window holds, or once held. */
  senderTimes(): Generator<Uint8Array> {
    return this.tracer.senderTimes();
  }

  close(): void {
    this.tracer.close();
    this.monitor.close();
  }
}
