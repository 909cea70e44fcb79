/** Whose an alert is: its flow under its true addresses, and the hosts at the ends of that. */
import { setTimeout as sleep } from 'node:timers/promises';
import { flowOf } from '../ledgers/flow.js';
import { translationsOf } from '../ledgers/translations.js';
import type { IncidentStore } from './book.js';
import type { TimedAlert } from './case.js';
import type { AlertRow } from './engine.js';

/** Alerts of unknown flows that follow one another sooner are looked up together. */
const PLACE_EVERY_NS = 250_000_000n;

export interface PlacedAlert extends TimedAlert {
  readonly hosts: readonly string[];
}

export interface PlacingOptions {
  readonly store: IncidentStore;
  /** Every host with an agent: whose an unknown address is nobody knows. */
  readonly hosts: () => readonly string[];
  /** Analyzer wall clock, nanoseconds. */
  readonly now: () => bigint;
  /** Before it nothing can be asked. */
  readonly ready: () => Promise<void>;
  readonly placed: (alert: PlacedAlert) => void;
  readonly failed: (error: unknown) => void;
}

export class Placing {
  #pending: readonly AlertRow[] = [];
  #looking: Promise<void> = Promise.resolve();
  #lookedNs = 0n;
  /** Of the hosts' clocks, as far as alerts needed them. */
  #offsets: ReadonlyMap<string, bigint> = new Map();

  constructor(private readonly options: PlacingOptions) {}

  /** On the analyzer's clock; undefined while that of the host is not known. */
  timeOf({ host, time_ns }: AlertRow): bigint | undefined {
    const offsetNs = this.#offsets.get(host);
    return offsetNs === undefined ? undefined : BigInt(time_ns) + offsetNs;
  }

  place(alerts: readonly AlertRow[]): void {
    this.#pending = [...this.#pending, ...alerts];
    this.#looking = this.#looking.then(() => this.#look()).catch(this.options.failed);
  }

  settled(): Promise<void> {
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { store, now, ready, placed } = this.options;
    await ready();
    const sinceNs = now() - this.#lookedNs;
    if (sinceNs < PLACE_EVERY_NS) await sleep(Number(PLACE_EVERY_NS - sinceNs) / 1e6);
    const alerts = this.#pending;
    this.#pending = [];
    if (alerts.length === 0) return;
    this.#lookedNs = now();
    await store.flush();
    const nowNs = now();
    const window = { fromNs: nowNs, toNs: nowNs };
    const [translations, owners, clocks] = await Promise.all([
      translationsOf(store, window, alerts.map(flowOf)),
      store.query('SELECT address, host, from_ns, until_ns FROM stg_owner'),
      store.query('SELECT host, offset_ns FROM host_clock'),
    ]);
    this.#offsets = new Map(clocks.map((c) => [String(c['host']), BigInt(Number(c['offset_ns']))]));
    for (const alert of alerts) {
      const atNs = this.timeOf(alert) ?? BigInt(alert.time_ns);
      const flow = translations.trueFlow(flowOf(alert));
      const known = owners
        .filter(({ address }) => address === flow.src || address === flow.dst)
        .filter((o) => Number(o['from_ns']) <= atNs && atNs < Number(o['until_ns']))
        .map((o) => String(o['host']));
      const hosts =
        known.length === 0 ? this.options.hosts() : [...new Set([...known, alert.host])];
      placed({ alert, atNs, flow, hosts });
    }
  }
}
