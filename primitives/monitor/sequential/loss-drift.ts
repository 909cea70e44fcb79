import { Alarms } from './alarms.js';
import type { Setting } from './delay-drift.js';
import { type Identify, LEAST_MEMBERS, type Losers } from './group.js';
import { type ShareRule, ShareTests } from './share-tests.js';

/** Re-sent segments of a flow: usual until more is known; half a percent more matters. */
const SEGMENTS: ShareRule = { usual: 0.001, priorTrials: 1000, growth: 0.005 };
/** Flows of a group that re-send in one sweep. */
const FLOWS: ShareRule = { usual: 0.02, priorTrials: 100, growth: 0.05 };

/** Tests of the share of re-sent segments of flows, and of the share of flows that re-send. */
export class LossDrift {
  readonly #segments: ShareTests;
  readonly #flows: ShareTests;
  readonly #segmentAlarms: Alarms;
  readonly #flowAlarms: Alarms;

  constructor(
    most: number,
    private readonly setting: Setting,
  ) {
    this.#segments = new ShareTests(SEGMENTS, most);
    this.#flows = new ShareTests(FLOWS, most);
    this.#segmentAlarms = new Alarms(this.#segments);
    this.#flowAlarms = new Alarms(this.#flows);
  }

  get running(): number {
    return this.#segments.running + this.#flows.running;
  }

  get suppressed(): number {
    return this.#segmentAlarms.suppressed + this.#flowAlarms.suppressed;
  }

  /** One sweep of a flow; answers the flow's handle from now on. */
  flow(handle: number, resent: number, segments: number, identify: Identify): number {
    const test = handle < 0 ? this.#segments.open() : handle;
    if (test >= 0)
      this.#take(this.#segments, this.#segmentAlarms, test, resent, segments, identify);
    return test;
  }

  /** One flow's loss is its own, it may fill its own queue: those besides it count. */
  group(losers: Losers): void {
    const { members, lossy, victim } = losers;
    if (members >= LEAST_MEMBERS) {
      if (losers.test < 0) losers.test = this.#flows.open();
      const others = Math.max(0, lossy - 1);
      if (losers.test >= 0)
        this.#take(this.#flows, this.#flowAlarms, losers.test, others, members, victim);
    }
    losers.clear();
  }

  close(handle: number): void {
    close(this.#segments, this.#segmentAlarms, handle);
  }

  closeGroup(handle: number): void {
    close(this.#flows, this.#flowAlarms, handle);
  }

  #take(
    tests: ShareTests,
    alarms: Alarms,
    test: number,
    events: number,
    trials: number,
    identify: Identify,
  ): void {
    const { threshold, now, proposals } = this.setting;
    tests.observe(test, events, trials, threshold, now);
    const tolerated = tests.tolerated(test);
    const weight = tolerated > 0 ? tests.events(test) / tolerated : 0;
    const due = alarms.isDue(test, threshold, weight, now);
    if (!due || events === 0) return;
    proposals.push({
      weight,
      describe: () => ({
        kind: 'loss_drift',
        identity: identify(),
        begun: tests.begun(test),
        observed: tests.events(test),
        threshold: tolerated,
      }),
      raised: () => alarms.raised(test, now),
    });
  }
}

function close(tests: ShareTests, alarms: Alarms, handle: number): void {
  if (handle < 0) return;
  alarms.forget(handle);
  tests.close(handle);
}
