import { Slots } from './slots.js';

export interface ShareRule {
  /** Events a trial that are usual before anything is known, and how many trials that guess is worth. */
  readonly usual: number;
  readonly priorTrials: number;
  /** Growth of the share from which on it matters. */
  readonly growth: number;
}

/** Observations before a test speaks. */
const WARM_UP = 32;
/** Observations that the baseline remembers: two minutes of sweeps. */
const MEMORY = 256;
/** Of one observation, nats: events come in bursts, and one burst is no new share. */
const CLIP = 4;
const DOUBT = 1 / 4;
const ACCEPTED_AFTER = 120;
const CEILING = 4;

const LEARNED = 0;
const EVENTS = 1;
const TRIALS = 2;
const DISPERSION = 3;
const SCORE = 4;
const BEGUN = 5;
const RUN_EVENTS = 6;
const RUN_TRIALS = 7;
/* What waits for the judgement. */
const HELD = 8;
const HELD_EVENTS = 9;
const HELD_TRIALS = 10;
const HELD_APART = 11;
const WIDTH = 12;

/**
 * One-sided CUSUM tests of a share (events among trials) against each test's own past: Page's test of Poisson counts,
 *
 *   S = max(0, S + (x ln(p1 / p0) - n (p1 - p0)) / d),   p1 = 2 p0 + growth
 *
 * (Lucas, Counted data CUSUM's, Technometrics 27, 1985), d the dispersion of the counts. As a likelihood ratio its
 * average run is e^h at least, whatever p0 (Lorden 1971).
 */
export class ShareTests {
  readonly #slots: Slots;
  /** Tests that have warmed up. */
  running = 0;

  constructor(
    private readonly rule: ShareRule,
    most: number,
  ) {
    this.#slots = new Slots(WIDTH, most);
  }

  /** Handle of a new test; -1 when there are as many as may be. */
  open(): number {
    return this.#slots.take();
  }

  close(test: number): void {
    if (this.isRunning(test)) this.running--;
    this.#slots.give(test);
  }

  isRunning(test: number): boolean {
    return this.#at(test, LEARNED) >= WARM_UP;
  }

  score(test: number): number {
    return this.#at(test, SCORE);
  }

  /** When the score left 0. */
  begun(test: number): number {
    return this.#at(test, BEGUN);
  }

  /** Since then. */
  events(test: number): number {
    return this.#at(test, RUN_EVENTS);
  }

  /** As many events would have been usual, or would not matter. */
  tolerated(test: number): number {
    return (this.usual(test) + this.rule.growth) * this.#at(test, RUN_TRIALS);
  }

  usual(test: number): number {
    const { usual, priorTrials } = this.rule;
    const events = this.#at(test, EVENTS) + usual * priorTrials;
    return Math.max(usual, events / (this.#at(test, TRIALS) + priorTrials));
  }

  calm(test: number): void {
    const state = this.#slots.data;
    state[test + SCORE] = 0;
    state.fill(0, test + HELD, test + WIDTH);
  }

  /** Takes the events among `trials` of one sweep; `now` is any clock. */
  observe(test: number, events: number, trials: number, threshold: number, now: number): void {
    if (this.isRunning(test)) this.#accumulate(test, events, trials, threshold, now);
    this.#putAside(test, events, trials);
    if (this.score(test) <= DOUBT * threshold) this.#learn(test);
    else if (this.#at(test, HELD) >= ACCEPTED_AFTER) this.#startAnew(test);
  }

  #at(test: number, field: number): number {
    return this.#slots.data[test + field] ?? 0;
  }

  #accumulate(test: number, events: number, trials: number, threshold: number, now: number): void {
    const state = this.#slots.data;
    const before = this.score(test);
    if (before === 0) {
      state[test + BEGUN] = now;
      state[test + RUN_EVENTS] = 0;
      state[test + RUN_TRIALS] = 0;
    }
    const usual = this.usual(test);
    const raised = 2 * usual + this.rule.growth;
    const ratio = events * Math.log(raised / usual) - trials * (raised - usual);
    const step = Math.min(CLIP, ratio / Math.max(1, this.#at(test, DISPERSION)));
    state[test + SCORE] = Math.min(Math.max(0, before + step), threshold + CEILING);
    state[test + RUN_EVENTS] = this.#at(test, RUN_EVENTS) + events;
    state[test + RUN_TRIALS] = this.#at(test, RUN_TRIALS) + trials;
  }

  #putAside(test: number, events: number, trials: number): void {
    const state = this.#slots.data;
    const expected = this.usual(test) * trials;
    state[test + HELD] = this.#at(test, HELD) + 1;
    state[test + HELD_EVENTS] = this.#at(test, HELD_EVENTS) + events;
    state[test + HELD_TRIALS] = this.#at(test, HELD_TRIALS) + trials;
    state[test + HELD_APART] =
      this.#at(test, HELD_APART) + (events - expected) ** 2 / Math.max(expected, Number.EPSILON);
  }

  #learn(test: number): void {
    const state = this.#slots.data;
    const held = this.#at(test, HELD);
    const before = this.#at(test, LEARNED);
    const learned = Math.min(MEMORY, before + held);
    const kept = (1 - 1 / MEMORY) ** held;
    const dispersion = this.#at(test, DISPERSION);
    const apart = this.#at(test, HELD_APART) / held;
    state[test + DISPERSION] = dispersion + (held / learned) * (apart - dispersion);
    state[test + EVENTS] = this.#at(test, EVENTS) * kept + this.#at(test, HELD_EVENTS);
    state[test + TRIALS] = this.#at(test, TRIALS) * kept + this.#at(test, HELD_TRIALS);
    state.fill(0, test + HELD, test + WIDTH);
    if (before < WARM_UP && learned >= WARM_UP) this.running++;
    state[test + LEARNED] = learned;
  }

  #startAnew(test: number): void {
    this.running--;
    this.#slots.data.fill(0, test, test + WIDTH);
  }
}
