/** What the flows of a group (a pair of pods, a host's uplinks) have in common within one sweep. */
import type { Row } from '../../common/schema/columns.js';

/** Fewer flows are no group: each speaks for itself. */
export const LEAST_MEMBERS = 4;
/** One flow counts for so much at most, in units of what matters. */
const MOST_WEIGHT = 4;

/** The columns that name a flow, made only for the few that an alert speaks of. */
export type Identify = () => Row;

const nobody: Identify = () => ({});

/** Scores of flows with a past of their own: who comes and goes does not move them, as it would a mean of values. */
export class Pool {
  /** Handle of its test; -1 before it is opened. */
  test = -1;
  #scores = 0;
  #weights = 0;
  #worst = -Infinity;
  members = 0;
  /** The flow with the largest excess, and its test. */
  victim: Identify = nobody;
  victimTest = 0;

  /** `weight` is the flow's own excess in units of what matters. */
  add(score: number, weight: number, flow: Identify, test: number): void {
    this.members++;
    this.#scores += score;
    this.#weights += Math.min(MOST_WEIGHT, Math.max(0, weight));
    if (weight <= this.#worst) return;
    this.#worst = weight;
    this.victim = flow;
    this.victimTest = test;
  }

  /** Of variance 1 when the flows are independent of each other. */
  get score(): number {
    return this.#scores / Math.sqrt(this.members);
  }

  get weight(): number {
    return this.#weights / this.members;
  }

  clear(): void {
    this.members = 0;
    this.#scores = 0;
    this.#weights = 0;
    this.#worst = -Infinity;
    this.victim = nobody;
  }
}

/** First values of new flows: of connections too short to have a past. Each speaks once, however much it carries. */
export class Newcomers {
  test = -1;
  members = 0;
  victim: Row = {};
  #sum = 0;
  #worst = -Infinity;

  add(value: number, flow: Identify): void {
    this.members++;
    this.#sum += value;
    if (value <= this.#worst) return;
    this.#worst = value;
    this.victim = flow();
  }

  get mean(): number {
    return this.#sum / this.members;
  }

  clear(): void {
    this.members = 0;
    this.#sum = 0;
    this.#worst = -Infinity;
  }
}

/** Flows that sent data, and those of them that had to send some again. */
export class Losers {
  test = -1;
  members = 0;
  lossy = 0;
  victim: Identify = nobody;
  #worst = 0;

  add(segments: number, resent: number, flow: Identify): void {
    this.members++;
    if (resent === 0) return;
    this.lossy++;
    if (resent / segments <= this.#worst) return;
    this.#worst = resent / segments;
    this.victim = flow;
  }

  clear(): void {
    this.members = 0;
    this.lossy = 0;
    this.#worst = 0;
    this.victim = nobody;
  }
}

export class Group {
  readonly rtt = new Pool();
  readonly response = new Pool();
  readonly newRtt = new Newcomers();
  readonly newResponse = new Newcomers();
  readonly losers = new Losers();
}
