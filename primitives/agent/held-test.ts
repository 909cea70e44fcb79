/** Part of its busy time that a sender may be held before anything is known of it, and how long that guess is worth. */
const USUAL = 0.02;
const PRIOR_US = 1_000_000;
/** Growth of that part from which on it matters. */
const GROWTH = 0.25;
/** A round trip is held or it is not; shorter ones than a tick of the kernel are not told apart. */
const LEAST_TRIAL_US = 4000;
/** Of the threshold, from one look: one burst is no new state, two in a row are. */
const CLIP = 0.6;
const CALM = 0.5;
const ACCEPTED_AFTER_NS = 120_000_000_000n;

/** Part of the looks that find a sender starved, when it is. */
const STARVED = 0.9;

export interface HeldLook {
  /** Since the connection began. */
  readonly heldUs: number;
  /** Since the last look. */
  readonly busyUs: number;
  readonly rttUs: number;
  /** At the moment of the look. */
  readonly starved: boolean;
}

/**
 * Page's test of the part of its busy time that one sender is held, against its own past: Poisson counts of round
 * trips held, as a likelihood ratio of p1 = p0 + growth, whose average run is e^h at least (Lorden 1971). TCP counts
 * from the connection's beginning, so there is a past at the first look.
 */
export class HeldTest {
  /** Likeliest onset. */
  begunNs = 0n;
  /** Of the last look. */
  share = 0;
  #score = 0;
  #heldUs: number;
  #usualHeldUs = 0;
  #raisedNs: bigint | undefined;

  /** @param meets for the first time: what it was held before is its past. */
  constructor(
    private usualBusyUs: number,
    meets: boolean,
  ) {
    this.#heldUs = meets ? NaN : 0;
  }

  observe({ heldUs, busyUs, rttUs, starved }: HeldLook, threshold: number, nowNs: bigint): void {
    const before = this.#heldUs;
    this.#heldUs = heldUs;
    if (Number.isNaN(before)) {
      this.#usualHeldUs = heldUs;
      return;
    }
    this.share = 0;
    if (busyUs <= 0) return;
    const grownUs = Math.min(busyUs, Math.max(0, heldUs - before));
    this.share = grownUs / busyUs;
    const trials = busyUs / Math.max(LEAST_TRIAL_US, rttUs);
    const usual = this.#usual;
    const raised = this.tolerated;
    let ratio = trials * (this.share * Math.log(raised / usual) - (raised - usual));
    // One trial, of which no more is known than its outcome.
    if (starved) {
      this.share = Math.max(this.share, STARVED);
      ratio = Math.max(ratio, Math.log(STARVED / usual));
    }
    if (this.#score === 0) this.begunNs = nowNs - BigInt(Math.round(busyUs)) * 1000n;
    this.#score = Math.max(0, this.#score + Math.min(CLIP * threshold, ratio));
    this.#score = Math.min(this.#score, 2 * threshold);
    if (this.#score === 0) this.#learn(grownUs, busyUs);
    else if (nowNs - this.begunNs > ACCEPTED_AFTER_NS) this.#accept();
  }

  /** True when it is clearly held more than usual, and was not raised lately. */
  isDue(threshold: number, nowNs: bigint, everyNs: bigint): boolean {
    if (this.#score < CALM * threshold) this.#raisedNs = undefined;
    if (this.#score < threshold || this.share < this.tolerated) return false;
    if (this.#raisedNs !== undefined && nowNs - this.#raisedNs < everyNs) return false;
    this.#raisedNs = nowNs;
    return true;
  }

  /** Held for this part it would not matter. */
  get tolerated(): number {
    return this.#usual + GROWTH;
  }

  get #usual(): number {
    return (this.#usualHeldUs + USUAL * PRIOR_US) / (this.usualBusyUs + PRIOR_US);
  }

  /** A state that lasts is the new normal. */
  #accept(): void {
    this.#usualHeldUs = this.share * this.usualBusyUs;
    this.#score = 0;
  }

  #learn(heldUs: number, busyUs: number): void {
    this.#usualHeldUs += heldUs;
    this.usualBusyUs += busyUs;
  }
}
