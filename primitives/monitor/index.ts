/** Phase 1: the tap programs, their maps and rings, and what is read from them. */
import type { FlowTuple } from '../common/bpf/flow-key.js';
import {
  BpfObject,
  EventRing,
  hasConntrackLookup,
  LossCounters,
  OF_NO_PROBE,
  type TapLink,
} from '../common/loader/index.js';
import { type MapInfo, native } from '../common/native/index.js';
import { batchFromRows, type ColumnBatch } from '../common/schema/columns.js';
import { decodeRecords } from '../common/schema/decode.js';
import { Control } from './control.js';
import { DnsExchanges } from './dns/exchanges.js';
import { readDnsLayout } from './dns/records.js';
import { flightBatch, type FlightLayout, readFlightLayout } from './flights.js';
import { FlowSweeper } from './flow-sweep.js';
import type { FlowTable } from './flow-table.js';
import { type MonitorLayout, readLayout } from './layout.js';
import { MONITOR_LOSSES } from './losses.js';
import { PullConditions } from './pull.js';
import { configureTable, type FlowTableKind, openTable, tableObject } from './open-table.js';
import { QuicConnections } from './quic/connections.js';
import { readQuicLayout } from './quic/layout.js';
import { packetBatch, sampleBatch } from './rings.js';
import { SampleFloor } from './sample-floor.js';
import { DriftConditions } from './sequential/drift-conditions.js';
import { type TapCounts, TapSlots } from './tap-slots.js';
import { type TapOptions, Taps } from './taps.js';

export { FLOW_TABLES, type FlowTableKind } from './open-table.js';
export { likelihoodThreshold } from './sequential/threshold.js';
export type { TapOptions } from './taps.js';

const DEFAULT_FLOWS = 16_384;
export const DEFAULT_FALSE_ALARMS_PER_DAY = 1;

export interface MonitorOptions {
  /** Host id, for the records. */
  readonly host: string;
  /** Flows that are remembered at once, each tap's counted apart; 3 KB each with the slack that its sets need. */
  readonly maxFlows?: number;
  readonly flowTable?: FlowTableKind;
  /** Whether the names that pods ask DNS for are recorded; they are unless switched off. */
  readonly dnsNames?: boolean;
  /** Wanted of all sequential tests of the host together; 1 by default. */
  readonly falseAlarmsPerDay?: number;
}

export class Monitor {
  /** For `Mapping`: kept by the same program. */
  readonly mappings: MapInfo;
  /** For `Nat`. */
  readonly natBindings: MapInfo;
  /** Ids of the two programs, as the kernel lists what is attached. */
  readonly programs: { readonly ingress: number; readonly egress: number };
  readonly #taps: Taps;
  readonly #table: FlowTable;
  readonly #flows: FlowSweeper;
  readonly #pull: PullConditions;
  readonly #dns: DnsExchanges;
  readonly #quic: QuicConnections;
  readonly #drift: DriftConditions;
  readonly #losses: LossCounters;
  readonly #control: Control;
  readonly #alertRing: EventRing;
  readonly #flightRing: EventRing;
  readonly #flightLayout: FlightLayout;
  readonly #packetRing: EventRing;
  readonly #sampleRing: EventRing;
  readonly #sampleFloor = new SampleFloor();
  #drainedNs = native().monotonicNs();

  private constructor(
    private readonly object: BpfObject,
    private readonly layout: MonitorLayout,
    private readonly host: string,
    kind: FlowTableKind,
    falseAlarmsPerDay: number,
  ) {
    const fd = (map: string): number => object.map(map).fd;
    const now = native().monotonicNs();
    this.mappings = object.map('nv_mappings');
    this.natBindings = object.map('nv_nat');
    const programs = {
      ingress: object.program('nv_tap_ingress').fd,
      egress: object.program('nv_tap_egress').fd,
    };
    this.programs = {
      ingress: native().programInfo(programs.ingress).id,
      egress: native().programInfo(programs.egress).id,
    };
    this.#taps = new Taps(TapSlots.of(object), programs);
    this.#table = openTable(kind, object, layout);
    this.#flows = new FlowSweeper(this.#table, this.#taps, layout, host, now);
    this.#pull = new PullConditions(host);
    const mostFlows = 2 * this.#table.capacity;
    this.#drift = new DriftConditions({ host, falseAlarmsPerDay, mostFlows });
    this.#dns = new DnsExchanges(object, readDnsLayout(object), this.#taps, host);
    const quicLayout = readQuicLayout(object);
    this.#quic = new QuicConnections(object.map('nv_quic'), quicLayout, this.#taps, host, now);
    this.#losses = new LossCounters(fd('nv_losses'), MONITOR_LOSSES);
    this.#control = new Control(object);
    this.#alertRing = new EventRing(fd('alerts'));
    this.#flightRing = new EventRing(fd('flights'));
    this.#flightLayout = readFlightLayout(object);
    this.#packetRing = new EventRing(fd('tap_events'));
    this.#sampleRing = new EventRing(fd('samples'));
  }

  /** Loads the programs; nothing is attached yet. */
  static open({
    host,
    maxFlows = DEFAULT_FLOWS,
    flowTable = 'set_associative',
    dnsNames = true,
    falseAlarmsPerDay = DEFAULT_FALSE_ALARMS_PER_DAY,
  }: MonitorOptions): Monitor {
    const object = BpfObject.open(tableObject(flowTable));
    try {
      const layout = readLayout(object);
      object.configure({ nv_dns_names: dnsNames, nv_conntrack: hasConntrackLookup() });
      configureTable(object, flowTable, maxFlows).load();
      return new Monitor(object, layout, host, flowTable, falseAlarmsPerDay);
    } catch (error) {
      object.close();
      throw error;
    }
  }

  /** Puts both programs in front of all others; answers by which hook. */
  attach(tap: TapOptions): TapLink['method'] {
    return this.#taps.attach(tap);
  }

  /** What the tap saw last is in the next sweep. */
  detach(ifindex: number): void {
    this.#taps.detach(ifindex);
  }

  /** What the programs ran for at a tap since they were loaded; undefined where there is none. */
  tapCounts(ifindex: number): TapCounts | undefined {
    return this.#taps.counts(ifindex);
  }

  /**
   * Calls with every push alert as soon as it is raised, then with what the flight recorder had of the flow. Keeps the
   * process alive until close.
   */
  onAlert(heard: (alerts: ColumnBatch) => void): void {
    this.#alertRing.onData(() => {
      const records = this.#alertRing.drainAll();
      if (records.length === 0) return;
      heard(decodeRecords('alert', records, { host: this.host, source: 'push', begun_ns: 0n }));
      heard(this.#flights());
    });
  }

  /** Every packet and every sample of exactly these flows, both directions, is recorded from now on. */
  setArmed(flows: readonly FlowTuple[]): void {
    this.#control.arm(flows);
  }

  /**
   * What changed since the last sweep: flow_interval and alert (pull) in batches of some thousand rows, dns_exchange,
   * quic_connection, loss_account. Whoever takes them may let others run in between.
   */
  *sweep(): Generator<ColumnBatch> {
    const nowNs = native().monotonicNs();
    this.#drift.begin(nowNs);
    for (const flows of this.#flows.sweep(nowNs)) {
      yield flows;
      yield batchFromRows('alert', this.#pull.find(flows, nowNs));
      this.#drift.take(flows);
    }
    this.#pull.forgetCalmed();
    yield batchFromRows('alert', this.#drift.end());
    const dns = this.#dns.sweep(nowNs);
    const quic = this.#quic.sweep(nowNs);
    yield* dns.exchanges;
    yield quic.connections;
    yield batchFromRows('alert', dns.alerts);
    yield this.#lossBatch({ nv_dns_pending: dns.evicted, nv_quic: quic.evicted }, nowNs);
  }

  /** Times that a sequential test's condition held and was not raised again, since the start. */
  get suppressedAlerts(): number {
    return this.#drift.suppressed;
  }

  /** Packets and history of armed flows, and samples of all, since the last drain: packet_event, flight, mark_sample. */
  drain(): ColumnBatch[] {
    const samples = this.#sampleRing.drainAll();
    this.#limitSamples(samples.length / this.layout.sampleEventBytes);
    return [
      packetBatch(this.#packetRing.drainAll(), this.#taps, this.host),
      sampleBatch(samples, this.layout, this.#taps, this.host),
      this.#flights(),
    ];
  }

  /** By the kernel's statistics, which count only while somebody has them on. */
  programRuns(): { count: bigint; timeNs: bigint } {
    const programs = ['nv_tap_ingress', 'nv_tap_egress'].map((name) =>
      native().programInfo(this.object.program(name).fd),
    );
    return {
      count: programs.reduce((sum, { runCount }) => sum + runCount, 0n),
      timeNs: programs.reduce((sum, { runTimeNs }) => sum + runTimeNs, 0n),
    };
  }

  close(): void {
    this.#taps.detachAll();
    this.#table.close();
    const rings = [this.#alertRing, this.#flightRing, this.#packetRing, this.#sampleRing];
    for (const ring of rings) ring.close();
    this.#dns.close();
    this.object.close();
  }

  #flights(): ColumnBatch {
    const records = this.#flightRing.drainAll();
    return flightBatch(records, this.#flightLayout, this.#taps, this.host);
  }

  #limitSamples(samples: number): void {
    const nowNs = native().monotonicNs();
    this.#sampleFloor.update(samples, nowNs - this.#drainedNs);
    this.#drainedNs = nowNs;
    this.#control.sampleFloor = this.#sampleFloor.rank;
  }

  #lossBatch(evicted: Readonly<Record<string, number>>, nowNs: bigint): ColumnBatch {
    const losses = this.#losses.take();
    for (const [map, records] of Object.entries(evicted))
      if (records > 0)
        losses.push({ place: `map ${map}`, reason: 'evicted', ...OF_NO_PROBE, records });
    return batchFromRows(
      'loss_account',
      losses.map((loss) => ({ host: this.host, time_ns: nowNs, ...loss })),
    );
  }
}
