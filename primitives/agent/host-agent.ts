import { setImmediate } from 'node:timers/promises';
import type { FlowTuple } from '../common/bpf/flow-key.js';
import { capabilities, type Netns, OF_NO_PROBE } from '../common/loader/index.js';
import { native } from '../common/native/index.js';
import { DEFAULT_FALSE_ALARMS_PER_DAY } from '../monitor/index.js';
import type { ProbeState } from '../tracer/index.js';
import type { AnalyzerClient } from './analyzer-client.js';
import { Arming } from './arming.js';
import { Blindness } from './blindness/blindness.js';
import { type ControlMessage, followControl } from './control.js';
import { HostCounters } from './counters/host-counters.js';
import { CoverageGaps } from './coverage.js';
import { tapProbe, withoutDevice } from './device-probes.js';
import { EndpointTable } from './endpoints.js';
import { FlowEnds } from './flow-ends.js';
import { Forwarder } from './forwarder.js';
import { Governor, PERIOD_MS } from './governor/governor.js';
import { ownCpuMs } from './governor/process-stat.js';
import { programCost } from './governor/program-cost.js';
import { HeldSenders } from './held-senders.js';
import { hello } from './hello.js';
import { Interfaces } from './interfaces.js';
import type { Log } from './log.js';
import { Loop } from './loop.js';
import type { AgentOptions } from './options.js';
import { Outbox } from './outbox.js';
import type { Primitives } from './primitives.js';
import { Tracing } from './tracing.js';

const DEFAULT_SWEEP_MS = 500;
/** While something is armed. */
const DRAIN_EVERY_MS = 400;
const ARMED_COUNTERS_EVERY_MS = 250;
const COUNTERS_EVERY_MS = 1000;
/** Records are held so long at most (outbox.ts), while nobody waits for them. */
const SEND_EVERY_MS = 2000;
const OWNERS_EVERY_MS = 2000;
/** Often enough that no analyzer forgets: it keeps records for 15 minutes. */
const RETELL_EVERY_MS = 120_000;
/**
 * Of the time, for each task while nothing is armed: with 10,000 busy flows sweeps come every two seconds or so. A
 * suspicion is worth a processor for its seconds.
 */
const IDLE_SHARE = 1 / 8;
/** An analyzer that is back sooner arms anew what it still wants, without a gap in the trace. */
const FORSAKEN_MS = 2000;
/** Of a sweep, before others may run. */
const LONGEST_TURN_MS = 5;

export interface HostAgentParts {
  readonly options: AgentOptions;
  readonly cpus: readonly number[];
  readonly host: Netns;
  readonly client: AnalyzerClient;
  readonly primitives: Primitives;
  readonly log: Log;
}

/** The loops of one host, which carry the records of its primitives to the analyzer. */
export class HostAgent {
  readonly #forwarder: Forwarder;
  readonly #outbox: Outbox;
  readonly #interfaces: Interfaces;
  readonly #counters: HostCounters;
  readonly #blindness: Blindness;
  readonly #tracing: Tracing;
  readonly #heldSenders: HeldSenders;
  readonly #arming: Arming;
  readonly #governor: Governor;
  readonly #flowEnds = new FlowEnds();
  readonly #loops: readonly Loop[];
  readonly #capabilities = capabilities();
  readonly #endpoints = new EndpointTable();
  readonly #gaps = new CoverageGaps();
  readonly #stopping = new AbortController();
  #control: Promise<void> = Promise.resolve();
  #taps = '';
  #suppressed = 0;
  #forsaken: NodeJS.Timeout | undefined;

  constructor(private readonly parts: HostAgentParts) {
    const { options, cpus, host, client, primitives, log } = parts;
    const { hostId, uplink, pods, sweepMs = DEFAULT_SWEEP_MS } = options;
    const { falseAlarmsPerDay = DEFAULT_FALSE_ALARMS_PER_DAY } = options;
    this.#forwarder = new Forwarder(client, hostId, log);
    this.#outbox = new Outbox(this.#forwarder, hostId, () => this.#tracing.armed);
    const rules = {
      ...(uplink !== undefined && { uplinks: uplink.split(',') }),
      ...(pods !== undefined && { pods }),
    };
    this.#interfaces = new Interfaces(host, rules, primitives, () => this.#changed(), log);
    this.#counters = new HostCounters(host.path, cpus);
    this.#blindness = new Blindness(host, primitives.witness, log);
    this.#tracing = new Tracing(primitives, this.#outbox, hostId, (netns) => this.#pathOf(netns));
    this.#heldSenders = new HeldSenders({ host: hostId, falseAlarmsPerDay });
    this.#arming = new Arming(
      (flows) => Promise.resolve(this.#trace(flows)),
      (incident, state, detail) => {
        const probes = state === 'armed' ? JSON.stringify(this.#probes) : '';
        this.#outbox.rows('arming', [{ incident, state, detail, probes }]);
      },
      log,
      (flow) => this.#flowEnds.overSince(flow),
    );
    this.#governor = new Governor({
      budget: (options.budgetCpu ?? Infinity) / 100,
      isAwaited: () => this.#outbox.isAwaited,
      cpuMs: ownCpuMs,
      programs: () => programCost(() => primitives.programRuns()),
      outbox: this.#outbox,
      log,
    });
    this.#loops = this.#makeLoops(sweepMs);
  }

  /** Name of an interface by its numbers. */
  nameOf(netns: number, ifindex: number): string {
    return this.#interfaces.nameOf(netns, ifindex);
  }

  async start(): Promise<void> {
    const { options, client, primitives, log } = this.parts;
    primitives.onAlert((alerts) => this.#outbox.put(alerts));
    await this.#interfaces.start();
    for (const loop of this.#loops) loop.start();
    const obey = (message: ControlMessage): void => this.#obey(message);
    let told = true;
    const opened = (): void => {
      clearTimeout(this.#forsaken);
      if (!told) void this.#retell();
      told = false;
    };
    const closed = (): void => {
      this.#forsaken = setTimeout(() => this.#arming.disarmAll('analyzer gone'), FORSAKEN_MS);
    };
    const { signal } = this.#stopping;
    this.#control = followControl(client, options.hostId, { obey, opened, closed }, log, signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#control;
    clearTimeout(this.#forsaken);
    await this.#arming.stop();
    for (const loop of this.#loops) await loop.stop();
    await this.#interfaces.stop();
    await this.#sweep();
    this.#outbox.sendAll();
    this.#counters.stop();
    await this.#forwarder.stop();
  }

  /** In order: at one moment what was found is sent last. */
  #makeLoops(sweepMs: number): Loop[] {
    const governor = this.#governor;
    const loop = (
      name: string,
      task: () => Promise<void> | void,
      everyMs: number,
      whileArmedMs = everyMs,
    ): Loop =>
      new Loop(
        name,
        async () => {
          governor.ran(name);
          await task();
        },
        this.parts.log,
        () =>
          this.#tracing.armed
            ? { everyMs: whileArmedMs }
            : { everyMs: everyMs * governor.stretch(name), share: IDLE_SHARE },
      );
    return [
      loop('sweep', () => this.#sweep(), sweepMs),
      loop('counters', () => this.#count(), COUNTERS_EVERY_MS, ARMED_COUNTERS_EVERY_MS),
      loop('owners', () => this.#tracing.readOwners(), OWNERS_EVERY_MS),
      loop('retell', () => this.#retell(), RETELL_EVERY_MS),
      loop('drain', () => this.#tracing.drain(), SEND_EVERY_MS, DRAIN_EVERY_MS),
      new Loop(
        'send',
        () => this.#outbox.flush(),
        this.parts.log,
        () => ({ everyMs: this.#outbox.isAwaited ? DRAIN_EVERY_MS : SEND_EVERY_MS }),
      ),
      new Loop(
        'governor',
        () => governor.look(),
        this.parts.log,
        () => ({ everyMs: PERIOD_MS }),
      ),
    ];
  }

  #trace(flows: readonly FlowTuple[]): void {
    this.#tracing.apply(flows);
    for (const loop of this.#loops) loop.start();
  }

  get #probes(): ProbeState[] {
    const { taps } = this.#interfaces;
    const uplinks = taps.filter(({ role }) => role === 'uplink');
    return [
      tapProbe(taps.length),
      ...this.parts.primitives.probes,
      ...uplinks.flatMap(({ ifname, ifindex }) =>
        withoutDevice(ifname, this.#interfaces.kindOf(ifindex)),
      ),
    ];
  }

  #obey(message: ControlMessage): void {
    if (message.type === 'arm') this.#arming.arm(message.incident, message.flows, message.seconds);
    if (message.type === 'disarm') this.#arming.disarm(message.incident);
  }

  #pathOf(netns: number): string | undefined {
    const { host } = this.parts;
    if (netns === host.inode) return host.path;
    return this.#interfaces.pods.all.find(({ namespace }) => namespace.inode === netns)?.namespace
      .path;
  }

  /** Taps, pods or addresses may be others than before. */
  #changed(): void {
    const { primitives } = this.parts;
    const { taps, pods, endpoints } = this.#interfaces;
    const changes = this.#endpoints.update(endpoints, native().monotonicNs());
    this.#outbox.rows('endpoint', changes);
    primitives.setScope(
      pods.all.map(({ namespace }) => namespace.inode),
      taps.filter(({ role }) => role === 'uplink'),
    );
    const described = JSON.stringify(taps);
    if (described === this.#taps) return;
    this.#taps = described;
    this.#counters.interfacesChanged();
    this.#tellHost();
  }

  #tellHost(): void {
    const { cpus, host } = this.parts;
    const { taps } = this.#interfaces;
    this.#outbox.rows('host_info', [hello(host.inode, cpus, taps, this.#capabilities)]);
  }

  /** An analyzer that was started anew, or has forgotten, must know who is who. */
  async #retell(): Promise<void> {
    this.#tellHost();
    this.#outbox.rows('endpoint', this.#endpoints.all);
    await this.#tracing.tellOwners();
  }

  async #sweep(): Promise<void> {
    const { primitives } = this.parts;
    const nowNs = native().monotonicNs();
    let sinceMs = performance.now();
    for (const batch of primitives.sweep()) {
      this.#outbox.put(batch);
      this.#heldSenders.heed(batch, nowNs);
      this.#flowEnds.heed(batch);
      // A large table makes many batches: alerts and commands are heard between them.
      if (performance.now() - sinceMs < LONGEST_TURN_MS) continue;
      await setImmediate();
      sinceMs = performance.now();
    }
    this.#arming.releaseEnded();
    for (const batch of this.#heldSenders.look(() => primitives.senderTimes(), nowNs))
      this.#outbox.put(batch);
    const { full, rejected } = this.#forwarder.takeLosses();
    const losses = [
      ...primitives.tracerLosses(),
      { place: 'spool', reason: 'full', ...OF_NO_PROBE, records: full },
      { place: 'spool', reason: 'dropped', ...OF_NO_PROBE, records: rejected },
    ].filter(({ records }) => records > 0);
    this.#outbox.rows('loss_account', losses);
    this.#countSuppressed();
  }

  #countSuppressed(): void {
    const { suppressedAlerts } = this.parts.primitives;
    const value = suppressedAlerts - this.#suppressed;
    this.#suppressed = suppressedAlerts;
    if (value === 0) return;
    this.#outbox.rows('host_counter', [
      {
        source: 'trigger',
        object: 'sequential tests',
        metric: 'suppressed_alerts',
        unit: 'count',
        value,
        temporality: 'counter',
      },
    ]);
  }

  async #count(): Promise<void> {
    const pods = this.#interfaces.pods.all;
    this.#outbox.rows('host_counter', await this.#counters.read(pods, this.#tracing.processes));
    const blind = await this.#blindness.look(this.#interfaces.taps, this.#counters.devices);
    this.#outbox.rows('tap_coverage', blind);
    const gaps = this.#gaps.update(this.#counters.uncovered(pods));
    this.#outbox.rows(
      'loss_account',
      gaps.map(({ name }) => ({
        place: 'coverage gap',
        reason: `pod ${name} has no process through which its sockets could be counted`,
        ...OF_NO_PROBE,
        records: 0,
      })),
    );
  }
}
