/** One suspicion, from its first alert on; it becomes an incident when a victim's harm is proved. */
import {
  connectionId,
  flowOf,
  isDns,
  ofAnyClientPort,
  reversed,
  serviceId,
} from '../ledgers/flow.js';
import type { Window } from '../ledgers/observe.js';
import { Past } from '../ledgers/past.js';
import { Translations } from '../ledgers/translations.js';
import type { AlertRow, ArmedFlow, FlowKey } from './engine.js';
import type { Diagnosis } from './diagnosis.js';
import type { Incident } from './incident.js';
import type { Question } from './judgement.js';

const SECOND_NS = 1_000_000_000n;
/** How far back a flow's own healthy past reaches, and how much before the onset it ends. */
const BASELINE_NS = 30n * SECOND_NS;
const BASELINE_GAP_NS = SECOND_NS;
/** The window that is judged: no older than this, and no older than the onset. */
const WINDOW_NS = 3n * SECOND_NS;
const ONSET_NS = (SECOND_NS * 7n) / 10n;
const MOST_FLOWS = 16;
/** What a look calls healthy may hold the very beginning of a harm. */
const LOOK_BACK_NS = SECOND_NS;

export interface TimedAlert {
  readonly alert: AlertRow;
  /** Under its true addresses, as far as they are known. */
  readonly flow: FlowKey;
  /** Analyzer wall clock. */
  readonly atNs: bigint;
}

export class Case {
  /** Under their true addresses, as far as those are known. */
  flows = new Map<string, FlowKey>();
  translations = new Translations();
  readonly past = new Past();
  readonly hosts = new Set<string>();
  /** Of the harm, as far as the alerts tell: a drift begins long before its alert. */
  #onsetNs: bigint;
  alerts: TimedAlert[] = [];
  readonly armedAt: Record<string, string> = {};
  armedUntilNs = 0n;
  disarmed = false;
  /** Consecutive diagnoses with the same key. */
  agreeing = 0;
  lastKey: string | null = null;
  lastHarmNs = 0n;
  /** End of the last window that showed no harm. */
  lastHealthyNs = 0n;
  last: Diagnosis | null = null;
  /** The diagnosis whose worst packet the incident shows. */
  shown: Diagnosis | null = null;
  /** Publishes the newest diagnosis of an incident that has no verdict yet. */
  unpublished: (() => void) | null = null;
  incident: Incident | null = null;
  confirmedNs = 0n;

  constructor(
    readonly id: string,
    readonly startedNs: bigint,
  ) {
    this.#onsetNs = startedNs;
  }

  add(alert: AlertRow, atNs: bigint, hosts: readonly string[], flow = flowOf(alert)): void {
    this.alerts.push({ alert, atNs, flow });
    if (alert.begun_ns > 0n) {
      const begunNs = atNs - (BigInt(alert.time_ns) - BigInt(alert.begun_ns));
      if (begunNs < this.#onsetNs) this.#onsetNs = begunNs;
    }
    if (this.alerts.length > 200) this.alerts.splice(1, 1);
    if (this.#hasRoomFor(flow)) this.flows.set(connectionId(flow), flow);
    for (const host of hosts) this.hosts.add(host);
  }

  /** Everything that taps may see the flows as. */
  get tuples(): FlowKey[] {
    return [...this.flows.values()].flatMap((flow) => this.translations.tuplesOf(flow));
  }

  /**
   * The same, for agents: of names, and where connections are short, those to come, from whatever port.
   */
  get armed(): ArmedFlow[] {
    const services = this.#shortServices();
    const armed = [...this.flows.values()].flatMap((flow, connection) =>
      this.translations.tuplesOf(flow).map((tuple) => {
        const asking = [tuple, reversed(tuple)].find((f) => isDns(f) || services.has(serviceId(f)));
        return asking ? ofAnyClientPort(flowOf(asking)) : { ...flowOf(tuple), connection };
      }),
    );
    return [...new Map(armed.map((flow) => [connectionId(flow), flow])).values()];
  }

  /** By what alerts say, under the addresses of their taps and the true ones. */
  #shortServices(): Set<string> {
    return new Set(
      this.alerts.flatMap(({ alert, flow }) => {
        if (alert.of_service === 0) return [];
        const both = [flowOf(alert), flow];
        return both.map((f) => serviceId(alert.of_service === 1 ? f : reversed(f)));
      }),
    );
  }

  /** As any tap may see it. */
  knows(flow: FlowKey): boolean {
    const id = connectionId(flow);
    return this.tuples.some((tuple) => connectionId(tuple) === id);
  }

  /** Calls flows by their true addresses, which may be known later than their first alerts. */
  translate(translations: Translations): void {
    this.translations = translations;
    this.flows = translations.trueFlows([...this.flows.values()]);
    this.alerts = this.alerts.map((a) => ({ ...a, flow: translations.trueFlow(a.flow) }));
  }

  /** One query speaks for all to its name server, however many other flows there are. */
  #hasRoomFor(flow: FlowKey): boolean {
    if (this.flows.size < MOST_FLOWS) return true;
    const servers = [...this.flows.values()].filter(isDns).map((f) => f.dst);
    return isDns(flow) && servers.length < MOST_FLOWS && !servers.includes(flow.dst);
  }

  get lastAlertNs(): bigint {
    return this.alerts.at(-1)?.atNs ?? this.startedNs;
  }

  /** @param seenNs until when hosts have told what they saw. */
  question(seenNs: bigint, askedNs: bigint): Question {
    const { tuples } = this;
    const [window, baseline] = [this.window(seenNs), this.baseline()];
    return { askedNs, window, baseline, flows: [...this.flows.values()], tuples };
  }

  window(nowNs: bigint): Window {
    const oldest = nowNs - WINDOW_NS;
    const onset = this.startedNs - ONSET_NS;
    return { fromNs: onset > oldest ? onset : oldest, toNs: nowNs };
  }

  baseline(): Window {
    const toNs = this.#onsetNs - BASELINE_GAP_NS;
    return { fromNs: toNs - BASELINE_NS, toNs };
  }

  /**
   * The alert that announced the harm: a suspicion may have begun with an older, harmless one. The first of the
   * victims' own since the last healthy look, else the first of anybody's.
   */
  trigger(victims: ReadonlySet<string>): TimedAlert | undefined {
    const since = this.alerts.filter((a) => a.atNs >= this.lastHealthyNs - LOOK_BACK_NS);
    const own = since.find((a) => victims.has(connectionId(a.flow)));
    return own ?? since[0] ?? this.alerts.at(-1);
  }
}
