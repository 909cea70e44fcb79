/** Phase 1: the tap programs, their maps and rings, and what is read from them. */
import type { FlowTuple } from '../common/bpf/flow-key.js';
import { BpfObject, EventRing, type TapLink } from '../common/loader/index.js';
import { type MapInfo, native } from '../common/native/index.js';
import { batchFromRows, type ColumnBatch } from '../common/schema/columns.js';
import { decodeRecords } from '../common/schema/decode.js';
import { ArmedFlows } from './armed.js';
import { FlowSweeper } from './flow-sweep.js';
import { FlowTable } from './flow-table.js';
import { type MonitorLayout, readLayout } from './layout.js';
import { Losses } from './losses.js';
import { PullConditions } from './pull.js';
import { packetBatch, sampleBatch } from './rings.js';
import { type TapOptions, Taps } from './taps.js';

export type { TapOptions } from './taps.js';

const OBJECT = 'build/bpf/monitor.bpf.o';
const DEFAULT_FLOWS = 16_384;

export interface MonitorOptions {
  /** Host id, for the records. */
  readonly host: string;
  /** Flows that are remembered at once, each tap's counted apart; 3.0 KB each. */
  readonly maxFlows?: number;
}

export class Monitor {
  /** For `Mapping`: kept by the same program. */
  readonly mappings: MapInfo;
  readonly #taps: Taps;
  readonly #flows: FlowSweeper;
  readonly #pull: PullConditions;
  readonly #losses: Losses;
  readonly #armed: ArmedFlows;
  readonly #alertRing: EventRing;
  readonly #packetRing: EventRing;
  readonly #sampleRing: EventRing;

  private constructor(
    private readonly object: BpfObject,
    private readonly layout: MonitorLayout,
    private readonly host: string,
  ) {
    const fd = (map: string): number => object.map(map).fd;
    const now = native().monotonicNs();
    this.mappings = object.map('nv_mappings');
    this.#taps = new Taps(fd('nv_taps'), {
      ingress: object.program('nv_tap_ingress').fd,
      egress: object.program('nv_tap_egress').fd,
    });
    const table = new FlowTable(object.map('nv_flows'));
    this.#flows = new FlowSweeper(table, this.#taps, layout, host, now);
    this.#pull = new PullConditions(host);
    this.#losses = new Losses(fd('nv_losses'));
    this.#armed = new ArmedFlows(fd('nv_armed'), fd('monitor.bss'));
    this.#alertRing = new EventRing(fd('alerts'));
    this.#packetRing = new EventRing(fd('tap_events'));
    this.#sampleRing = new EventRing(fd('samples'));
  }

  /** Loads the programs; nothing is attached yet. */
  static open({ host, maxFlows = DEFAULT_FLOWS }: MonitorOptions): Monitor {
    const object = BpfObject.open(OBJECT);
    try {
      const layout = readLayout(object);
      object.maxEntries('nv_flows', maxFlows).load();
      return new Monitor(object, layout, host);
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

  /** Calls with every push alert as soon as it is raised. Keeps the process alive until close. */
  onAlert(heard: (alerts: ColumnBatch) => void): void {
    this.#alertRing.onData(() => {
      const records = this.#alertRing.drainAll();
      if (records.length === 0) return;
      heard(decodeRecords('alert', records, { host: this.host, source: 'push' }));
    });
  }

  /** Every packet and every sample of exactly these flows, both directions, is recorded from now on. */
  setArmed(flows: readonly FlowTuple[]): void {
    this.#armed.set(flows);
  }

  /** What changed since the last sweep: flow_interval, mark_sample, alert (pull), loss_account. */
  sweep(): ColumnBatch[] {
    const nowNs = native().monotonicNs();
    const { flows, samples, evicted } = this.#flows.sweep(nowNs);
    return [
      flows,
      samples,
      batchFromRows('alert', this.#pull.find(flows, nowNs)),
      this.#lossBatch(evicted, nowNs),
    ];
  }

  /** Packets and samples of armed flows since the last drain: packet_event, mark_sample. */
  drain(): ColumnBatch[] {
    return [
      packetBatch(this.#packetRing.drainAll(), this.#taps, this.host),
      sampleBatch(this.#sampleRing.drainAll(), this.layout, this.#taps, this.host),
    ];
  }

  close(): void {
    this.#taps.detachAll();
    for (const ring of [this.#alertRing, this.#packetRing, this.#sampleRing]) ring.close();
    this.object.close();
  }

  #lossBatch(evicted: number, nowNs: bigint): ColumnBatch {
    const losses = this.#losses.take();
    if (evicted > 0) losses.push({ place: 'map nv_flows', reason: 'evicted', records: evicted });
    return batchFromRows(
      'loss_account',
      losses.map((loss) => ({ host: this.host, time_ns: nowNs, ...loss })),
    );
  }
}
