/**
 * Suspicion → arming → proof → incident → verdict → closing. The engine sees only what agents measured.
 *
 * An alert starts a case and arms the hosts of its flow; the case is judged again and again over a sliding window.
 * Two diagnoses in a row that agree make it an incident with a verdict; a case without harm is dropped unseen.
 */
import { viewDefinitions } from '../sql/index.js';
import { flowId, flowOf } from '../ledgers/flow.js';
import type { Observations, Window } from '../ledgers/observe.js';
import { basisOf } from './basis.js';
import { IncidentBook, type IncidentStore, type Snapshot } from './book.js';
import { Case } from './case.js';
import type { AlertRow, ControlMessage, VerdictEngine } from './engine.js';
import type { Basis, Incident } from './incident.js';
import { judgeCase, type Judgement } from './judgement.js';
import { Lag } from './lag.js';
import { diagnosed, openIncident, type Proof } from './lifecycle.js';
import { Mutes } from './mutes.js';
import { type PlacedAlert, Placing } from './placing.js';
import { isDue } from './publishing.js';
import { worst } from './trace.js';
import { rfc3339 } from './wire.js';

const SECOND_NS = 1_000_000_000n;
const EVALUATE_EVERY_MS = 350;
/** No judgement before the tracers had this long. */
const FIRST_LOOK_NS = (SECOND_NS * 6n) / 10n;
/** A case without harm is dropped after this long: the next alert starts another, with a fresh baseline. */
const PATIENCE_NS = 5n * SECOND_NS;
/** One that began before there was a past to hold it against ends sooner, for the same reason. */
const LEAST_PAST_S = 3;
const PATIENCE_WITHOUT_PAST_NS = 2n * SECOND_NS;
/** A case is not dropped while its last alert is younger than a harm needs to show, unless alerts never end. */
const LAST_ALERT_NS = 2n * SECOND_NS;
const LONGEST_PATIENCE_NS = 12n * SECOND_NS;
const ARM_SECONDS = 10;
/** Tracing goes on for this long after the verdict, for revisions. */
const TRACE_AFTER_VERDICT_NS = 4n * SECOND_NS;
/** An incident is over after this long without harm. */
const HEALTHY_FOR_NS = 5n * SECOND_NS;

interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface EngineOptions {
  readonly store: IncidentStore;
  readonly control: { send(host: string, message: ControlMessage): void; hosts(): string[] };
  readonly log: Logger;
  /** Analyzer wall clock, nanoseconds. */
  readonly now?: () => bigint;
}

export function createEngine(options: EngineOptions): VerdictEngine {
  return new Engine(options);
}

class Engine implements VerdictEngine {
  readonly #store: IncidentStore;
  readonly #control: EngineOptions['control'];
  readonly #log: Logger;
  readonly #now: () => bigint;
  readonly #book: IncidentBook;
  readonly #cases = new Set<Case>();
  readonly #mutes = new Mutes();
  readonly #placing: Placing;
  readonly #lag = new Lag();
  #timer: NodeJS.Timeout | undefined;
  #ready: Promise<void> = Promise.resolve();
  #round: Promise<void> | null = null;
  #sequence = 0;

  constructor({ store, control, log, now }: EngineOptions) {
    this.#store = store;
    this.#control = control;
    this.#log = log;
    this.#now = now ?? (() => BigInt(Date.now()) * 1_000_000n);
    this.#book = new IncidentBook(store, (error) =>
      log.error({ err: error }, 'incident not stored'),
    );
    this.#placing = new Placing({
      store,
      now: this.#now,
      hosts: () => control.hosts(),
      ready: () => this.#ready,
      placed: (alert) => this.#suspect(alert),
      failed: (error) => log.error({ err: error }, 'alerts not judged'),
    });
  }

  start(): void {
    this.#ready = this.#prepare().catch((error: unknown) =>
      this.#log.error({ err: error }, 'analysis views could not be created'),
    );
    this.#timer = setInterval(() => this.#tick(), EVALUATE_EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    for (const subject of this.#cases) this.#disarm(subject);
    await this.#ready;
    await this.#placing.settled();
    await this.#round;
    await this.#book.settled();
  }

  list(): Incident[] {
    return this.#book.list();
  }

  get(id: string): Incident | undefined {
    return this.#book.get(id);
  }

  onChange(listener: (incident: Incident) => void): () => void {
    return this.#book.onChange(listener);
  }

  /** A host that (re)connects while a case needs it is armed at once. */
  hostChanged(host: string, connected: boolean): void {
    if (!connected) return;
    for (const subject of this.#cases)
      if (!subject.disarmed && subject.hosts.has(host)) this.#arm(subject, [host]);
  }

  alerted(alerts: readonly AlertRow[]): void {
    const unknown = alerts.filter((alert) => !this.#joins(alert));
    if (unknown.length > 0) this.#placing.place(unknown);
  }

  delayed(host: string, waitedNs: bigint, receivedNs: bigint): void {
    this.#lag.note(host, waitedNs, receivedNs);
  }

  async #prepare(): Promise<void> {
    for (const definition of viewDefinitions()) await this.#store.query(definition);
    await this.#book.load(rfc3339(this.#now()));
  }

  /** Of a flow that a case knows already nothing has to be asked. */
  #joins(alert: AlertRow): boolean {
    const flow = flowOf(alert);
    const subject = [...this.#cases].find((c) => c.knows(flow));
    const atNs = this.#placing.timeOf(alert);
    if (!subject || atNs === undefined) return false;
    if (!this.#mutes.covers(alert, atNs))
      subject.add(alert, atNs, [alert.host], subject.translations.trueFlow(flow));
    return true;
  }

  /** One fault is one incident: an alert that shares a host with a case under way belongs to it. */
  #suspect({ alert, atNs, hosts, flow }: PlacedAlert): void {
    if (this.#mutes.covers(alert, atNs)) return;
    let subject = [...this.#cases].find((c) => hosts.some((h) => c.hosts.has(h)));
    if (!subject) {
      subject = new Case(`inc-${this.#now() / 1_000_000n}-${++this.#sequence}`, atNs);
      this.#cases.add(subject);
      this.#log.info({ incident: subject.id, kind: alert.kind, host: alert.host }, 'suspicion');
    }
    const before = subject.flows.size;
    subject.add(alert, atNs, hosts, flow);
    if (subject.flows.size > before && !subject.disarmed) this.#arm(subject, [...subject.hosts]);
  }

  #arm(subject: Case, hosts: readonly string[]): void {
    const nowNs = this.#now();
    const connected = this.#control.hosts();
    subject.armedUntilNs = nowNs + BigInt(ARM_SECONDS) * SECOND_NS;
    for (const host of hosts) {
      if (!connected.includes(host)) continue;
      this.#control.send(host, {
        type: 'arm',
        incident: subject.id,
        flows: subject.traced,
        seconds: ARM_SECONDS,
      });
    }
  }

  #disarm(subject: Case): void {
    if (subject.disarmed) return;
    subject.disarmed = true;
    for (const host of subject.hosts)
      this.#control.send(host, { type: 'disarm', incident: subject.id });
  }

  #tick(): void {
    if (this.#round !== null || this.#cases.size === 0) return;
    this.#round = this.#ready
      .then(() => this.#evaluateAll())
      .catch((error: unknown) => this.#log.error({ err: error }, 'case not judged'))
      .finally(() => {
        this.#round = null;
      });
  }

  async #evaluateAll(): Promise<void> {
    for (const subject of this.#cases) {
      const nowNs = this.#now();
      this.#rearm(subject, nowNs);
      const seenNs = this.#lag.seenUntil(subject.hosts, nowNs);
      if (seenNs - subject.startedNs >= FIRST_LOOK_NS) await this.#evaluate(subject, seenNs, nowNs);
    }
  }

  /** @param seenNs until when its hosts have told what they saw: what is said of the case is said of then. */
  async #evaluate(subject: Case, seenNs: bigint, nowNs: bigint): Promise<void> {
    const began = performance.now();
    const records = await this.#store.snapshot(nowNs);
    try {
      const judgement = await judgeCase(records, subject.question(seenNs, nowNs));
      this.#take(subject, judgement);
      await this.#noteArming(subject);
      const { diagnosis, quality, observations, question } = judgement;
      this.#log.debug(
        {
          incident: subject.id,
          ms: Math.round(performance.now() - began),
          late: Number((nowNs - seenNs) / 1_000_000n),
          events: quality.traceEvents,
          found: diagnosis?.key ?? null,
          confidence: diagnosis?.verdict.confidence ?? null,
        },
        'judged',
      );
      if (diagnosis) {
        const hostsMissing = this.#missing(subject);
        const found = { ...judgement, diagnosis, hostsMissing };
        await this.#harmed(subject, found, () => basisOf(records, question), seenNs);
      } else this.#healthy(subject, seenNs, observations.baselineSeconds >= LEAST_PAST_S);
      await this.#showWorst(subject, records, question.window);
    } finally {
      await records.release();
    }
  }

  /** The worst packet of the victim, once for each verdict that was published: no verdict waits for it. */
  async #showWorst(subject: Case, records: Snapshot, window: Window): Promise<void> {
    const { last } = subject;
    if (last === null || last === subject.shown) return;
    subject.shown = last;
    const waterfall = await worst(records, last.lead.victim, window);
    if (waterfall && subject.incident) this.#keep(subject, { ...subject.incident, waterfall });
  }

  /** What a look taught of the flows themselves. */
  #take(subject: Case, { translations, observations }: Judgement): void {
    const before = subject.tuples.length;
    subject.translate(translations);
    this.#widen(subject, observations, subject.tuples.length > before);
  }

  #missing({ hosts }: Case): string[] {
    const connected = this.#control.hosts();
    return [...hosts].filter((host) => !connected.includes(host)).sort();
  }

  /** @param basis is asked for only if something will be published of it. */
  async #harmed(
    subject: Case,
    found: Omit<Proof, 'basis'>,
    basis: () => Promise<Basis>,
    nowNs: bigint,
  ): Promise<void> {
    const { diagnosis } = found;
    subject.agreeing = subject.lastKey === diagnosis.key ? subject.agreeing + 1 : 1;
    subject.lastKey = diagnosis.key;
    subject.lastHarmNs = nowNs;
    if (subject.agreeing < 2 && !subject.incident) return;
    const due = (incident: Incident): boolean => isDue(subject, incident, diagnosis, nowNs);
    if (subject.incident?.verdict && !due(subject.incident)) return;
    const proof = { ...found, basis: await basis() };
    const incident = subject.incident ?? openIncident(subject, proof);
    if (!subject.incident) {
      subject.confirmedNs = nowNs;
      this.#keep(subject, incident);
    }
    const publish = (): void => {
      subject.last = diagnosis;
      subject.unpublished = null;
      this.#keep(subject, diagnosed(incident, subject, proof, this.#now()));
    };
    if (due(incident)) publish();
    else subject.unpublished = publish;
  }

  #healthy(subject: Case, nowNs: bigint, hasPast: boolean): void {
    subject.agreeing = 0;
    subject.lastKey = null;
    subject.lastHealthyNs = nowNs;
    if (!subject.incident) {
      const ageNs = nowNs - subject.startedNs;
      const quietNs = nowNs - subject.lastAlertNs;
      if (!hasPast) {
        if (ageNs >= PATIENCE_WITHOUT_PAST_NS) this.#drop(subject);
        return;
      }
      if (ageNs < PATIENCE_NS || (quietNs < LAST_ALERT_NS && ageNs < LONGEST_PATIENCE_NS)) return;
      this.#mutes.add(subject, nowNs - LAST_ALERT_NS, nowNs);
      this.#drop(subject);
      return;
    }
    // Nothing more certain will come of a harm that is over.
    subject.unpublished?.();
    if (nowNs - subject.lastHarmNs < HEALTHY_FOR_NS) return;
    this.#keep(subject, { ...subject.incident, state: 'closed', closed_at: rfc3339(nowNs) });
    this.#drop(subject);
  }

  /** The hosts at the true ends of its flows belong to a case, too. */
  #widen(subject: Case, { directions }: Observations, retold: boolean): void {
    const before = subject.hosts.size;
    for (const flow of subject.flows.values()) {
      const { srcHost = null, dstHost = null } = directions.get(flowId(flow)) ?? {};
      for (const host of [srcHost, dstHost]) if (host !== null) subject.hosts.add(host);
    }
    if ((retold || subject.hosts.size > before) && !subject.disarmed)
      this.#arm(subject, [...subject.hosts]);
  }

  #rearm(subject: Case, nowNs: bigint): void {
    if (subject.disarmed || !this.#cases.has(subject)) return;
    const traced = subject.last !== null && nowNs - subject.confirmedNs > TRACE_AFTER_VERDICT_NS;
    if (traced) this.#disarm(subject);
    else if (subject.armedUntilNs - nowNs < 2n * SECOND_NS) this.#arm(subject, [...subject.hosts]);
  }

  #drop(subject: Case): void {
    this.#disarm(subject);
    this.#cases.delete(subject);
    this.#log.info(
      { incident: subject.id, state: subject.incident?.state ?? 'dropped' },
      'case over',
    );
  }

  #keep(subject: Case, incident: Incident): void {
    subject.incident = incident;
    this.#book.put(incident);
  }

  async #noteArming(subject: Case): Promise<void> {
    const rows = await this.#store.query(
      `SELECT a.host, min(a.time_ns + c.offset_ns)::VARCHAR AS at_ns
       FROM arming a JOIN host_clock c ON c.host = a.host
       WHERE a.incident = '${subject.id}' AND a.state = 'armed' GROUP BY a.host`,
    );
    for (const row of rows)
      subject.armedAt[String(row['host'])] = rfc3339(BigInt(String(row['at_ns'])));
  }
}
