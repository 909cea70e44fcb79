import type { Row } from '../../common/schema/columns.js';
import { Alarms, type Drift, type DriftKind, type Proposal } from './alarms.js';
import { type Identify, LEAST_MEMBERS, type Newcomers, type Pool } from './group.js';
import { ShiftTests } from './shift-tests.js';

/** Later matters from this on, and from this share of the usual delay. */
const LEAST_EXCESS_NS = 1_000_000;
const LEAST_EXCESS_SHARE = 0.25;

/** In the place of a handle: the flow has not spoken yet, and it has, once. */
export const SILENT = -2;
const SPOKEN = -1;

export interface Setting {
  /** Of the score, for all tests. */
  threshold: number;
  /** Seconds. */
  now: number;
  readonly proposals: Proposal[];
}

/** Tests of one kind of delay: of flows by their own past, and of what the flows of a group have in common. */
export class DelayDrift {
  readonly tests: ShiftTests;
  readonly alarms: Alarms;

  constructor(
    private readonly kind: DriftKind,
    most: number,
    private readonly setting: Setting,
  ) {
    this.tests = new ShiftTests(most);
    this.alarms = new Alarms(this.tests);
  }

  /** The mean of `samples` delays of a flow in one sweep. Answers the flow's handle from now on. */
  flow(
    handle: number,
    delayNs: number,
    samples: number,
    identify: Identify,
    pool: Pool,
    newcomers: Newcomers | undefined,
  ): number {
    const value = Math.log(delayNs);
    if (handle === SILENT) {
      newcomers?.add(value, identify);
      return SPOKEN;
    }
    const test = handle === SPOKEN ? this.tests.open() : handle;
    if (test < 0) return SPOKEN;
    const { threshold, now } = this.setting;
    const score = this.tests.observe(test, value, samples, threshold, now);
    if (!this.tests.isRunning(test)) return test;
    const weight = this.#weight(test);
    pool.add(score, weight, identify, test);
    this.#propose(test, weight, () => this.#drift(test, test, identify()));
    return test;
  }

  /** The flows with a past, as one. */
  pool(pool: Pool): void {
    if (pool.members >= LEAST_MEMBERS) {
      if (pool.test < 0) pool.test = this.tests.open();
      if (pool.test >= 0) {
        const { threshold, now } = this.setting;
        this.tests.observe(pool.test, pool.score, pool.members, threshold, now);
        const { test, victim, victimTest, weight } = pool;
        this.#propose(test, weight, () => this.#drift(test, victimTest, victim()));
      }
    }
    pool.clear();
  }

  /** Flows without a past; waits until some have spoken. */
  newcomers(group: Newcomers): void {
    if (group.members < LEAST_MEMBERS) return;
    if (group.test < 0) group.test = this.tests.open();
    const { test, victim } = group;
    if (test >= 0) {
      const { threshold, now } = this.setting;
      this.tests.observe(test, group.mean, group.members, threshold, now);
      this.#propose(test, this.#weight(test), () => this.#drift(test, test, victim));
    }
    group.clear();
  }

  close(handle: number): void {
    if (handle < 0) return;
    this.alarms.forget(handle);
    this.tests.close(handle);
  }

  #propose(test: number, weight: number, describe: () => Drift): void {
    const { threshold, now, proposals } = this.setting;
    if (!this.alarms.isDue(test, threshold, weight, now)) return;
    proposals.push({ weight, describe, raised: () => this.alarms.raised(test, now) });
  }

  /** Excess of the present level over the baseline, in units of what matters. */
  #weight(test: number): number {
    if (this.tests.score(test) === 0) return 0;
    const usualNs = Math.exp(this.tests.baseline(test));
    return (Math.exp(this.tests.level(test)) - usualNs) / mattersNs(usualNs);
  }

  /** What `judged` found, in the delays of `victim`. */
  #drift(judged: number, victim: number, identity: Row): Drift {
    const usualNs = Math.exp(this.tests.baseline(victim));
    return {
      kind: this.kind,
      identity,
      begun: this.tests.begun(judged),
      observed: Math.exp(this.tests.level(victim)),
      threshold: usualNs + mattersNs(usualNs),
    };
  }
}

const mattersNs = (usualNs: number): number =>
  Math.max(LEAST_EXCESS_NS, LEAST_EXCESS_SHARE * usualNs);
