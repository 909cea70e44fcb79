/**
 * Slow or small changes that no packet and no single sweep shows: sequential tests of the mean RTT, the response time
 * and the share of re-sent segments, per flow and direction, per pair of pods and over the uplinks of the host.
 */
import type { ColumnBatch, Row } from '../../common/schema/columns.js';
import type { Drift, Proposal } from './alarms.js';
import { DelayDrift } from './delay-drift.js';
import { FlowBook, type WatchedFlow } from './flow-book.js';
import { Group, type Identify } from './group.js';
import { Limits } from './limits.js';
import { LossDrift } from './loss-drift.js';
import { SweptFlows } from './swept-flows.js';

/** Of one sweep: when a host's whole traffic drifts, its worst flows tell. */
const MOST_ALERTS = 16;

export interface DriftOptions {
  readonly host: string;
  /** Wanted of all tests of the host together. */
  readonly falseAlarmsPerDay: number;
  /** Flows under test, each direction and tap counted apart. */
  readonly mostFlows: number;
}

export class DriftConditions {
  readonly #host: string;
  readonly #limits: Limits;
  readonly #proposals: Proposal[] = [];
  readonly #delays = { threshold: Infinity, now: 0, proposals: this.#proposals };
  readonly #shares = { threshold: Infinity, now: 0, proposals: this.#proposals };
  readonly #rtt: DelayDrift;
  readonly #response: DelayDrift;
  readonly #loss: LossDrift;
  readonly #book: FlowBook;
  readonly #uplinks = new Group();
  readonly #touched = new Set<Group>();
  #crowded = 0;
  #nowNs = 0n;

  constructor({ host, falseAlarmsPerDay, mostFlows }: DriftOptions) {
    this.#host = host;
    this.#limits = new Limits(falseAlarmsPerDay);
    this.#rtt = new DelayDrift('rtt_drift', mostFlows, this.#delays);
    this.#response = new DelayDrift('response_drift', mostFlows, this.#delays);
    this.#loss = new LossDrift(mostFlows, this.#shares);
    this.#book = new FlowBook(
      mostFlows,
      (flow) => this.#forget(flow),
      (group) => this.#forgetGroup(group),
    );
  }

  /** Times that a condition held and was not raised: lately raised, or one of too many. */
  get suppressed(): number {
    const tests = this.#rtt.alarms.suppressed + this.#response.alarms.suppressed;
    return tests + this.#loss.suppressed + this.#crowded;
  }

  /** A sweep begins, whose `flow_interval` rows come in batches. */
  begin(nowNs: bigint): void {
    this.#nowNs = nowNs;
    const now = Number(nowNs) / 1e9;
    const running = this.#rtt.tests.running + this.#response.tests.running + this.#loss.running;
    this.#limits.update(now, running);
    Object.assign(this.#delays, { threshold: this.#limits.shift, now });
    Object.assign(this.#shares, { threshold: this.#limits.share, now });
    this.#book.beginSweep();
  }

  take(flows: ColumnBatch): void {
    const swept = new SweptFlows(flows);
    for (let row = 0; row < swept.length; row++) this.#take(swept, row);
  }

  /** What has drifted by this sweep's rows; again every 2 s while it lasts. */
  end(): Row[] {
    for (const group of this.#touched) this.#judge(group);
    this.#touched.clear();
    return this.#raise();
  }

  #take(swept: SweptFlows, row: number): void {
    const samples = swept.rttSamples(row);
    const responses = swept.responses[row] ?? 0;
    const segments = swept.segments(row);
    if (samples + responses + segments === 0) return;
    const pair = this.#book.pair(swept, row);
    const flow = this.#book.flow(pair, swept.ports(row));
    if (flow === undefined) return;
    // Flows to everywhere share the uplinks: their first values have nothing in common.
    const uplink = swept.isUplink(row);
    const group = uplink ? this.#uplinks : (pair.group ??= new Group());
    const { rtt, response } = group;
    const newRtt = uplink ? undefined : group.newRtt;
    const newResponse = uplink ? undefined : group.newResponse;
    this.#touched.add(group);
    const identify: Identify = () => swept.identity(row);
    const rttNs = swept.rttMeanNs(row);
    if (samples > 0) flow.rtt = this.#rtt.flow(flow.rtt, rttNs, samples, identify, rtt, newRtt);
    const responseNs = swept.responseMeanNs(row);
    if (responses > 0)
      flow.response = this.#response.flow(
        flow.response,
        responseNs,
        responses,
        identify,
        response,
        newResponse,
      );
    if (segments === 0) return;
    group.losers.add(segments, swept.resent(row), identify);
    flow.loss = this.#loss.flow(flow.loss, swept.resent(row), segments, identify);
  }

  #judge(group: Group): void {
    this.#rtt.pool(group.rtt);
    this.#response.pool(group.response);
    this.#rtt.newcomers(group.newRtt);
    this.#response.newcomers(group.newResponse);
    this.#loss.group(group.losers);
  }

  /** The worst first. */
  #raise(): Row[] {
    const proposals = this.#proposals.splice(0).sort((a, b) => b.weight - a.weight);
    this.#crowded += Math.max(0, proposals.length - MOST_ALERTS);
    return proposals.slice(0, MOST_ALERTS).map(({ describe, raised }) => {
      raised();
      return this.#alert(describe());
    });
  }

  #alert({ kind, identity, begun, observed, threshold }: Drift): Row {
    return {
      host: this.#host,
      source: 'pull',
      begun_ns: BigInt(Math.round(begun * 1e9)),
      of_service: 0,
      time_ns: this.#nowNs,
      observed: BigInt(Math.round(observed)),
      threshold: BigInt(Math.ceil(threshold)),
      kind,
      ...identity,
    };
  }

  #forget({ rtt, response, loss }: WatchedFlow): void {
    this.#rtt.close(rtt);
    this.#response.close(response);
    this.#loss.close(loss);
  }

  #forgetGroup({ rtt, response, newRtt, newResponse, losers }: Group): void {
    for (const { test } of [rtt, newRtt]) this.#rtt.close(test);
    for (const { test } of [response, newResponse]) this.#response.close(test);
    this.#loss.closeGroup(losers.test);
  }
}
