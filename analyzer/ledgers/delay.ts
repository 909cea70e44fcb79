/**
 * The delay ledger: where the time of late marks went, as excess over the flow's own healthy baseline.
 *
 * The path (pod tap to pod tap) and the receiving pod are judged apart: what a pod does before it answers may be
 * its own business, what lies between two pods is not. All values in microseconds.
 */
import type { Direction, MarkRow } from './observe.js';
import { binomialTail, mean, median, quantile, winnerShares } from './statistics.js';

export const PATH_TERMS = ['sender_host', 'network', 'receiver_host'] as const;
export type PathTerm = (typeof PATH_TERMS)[number];
export const EDGES = ['sender_tx', 'receiver_rx', 'receiver_tx', 'sender_rx'] as const;
export type Edge = (typeof EDGES)[number];

export interface PathSplit {
  readonly sender_host: number | null;
  readonly network: number | null;
  readonly receiver_host: number | null;
  readonly receiver_pod: number | null;
}

/** A mark is late beyond this much more than the 90th percentile of its baseline. */
const LEAST_EXCESS_US = 1000;
/** So many late marks make a finding, whatever their share. */
const LEAST_LATE = 3;
/** They must be found in as many stretches of this length: one burst of somebody's work is no fault. */
const LEAST_STRETCHES = 3;
const STRETCH_US = 250_000;
/** Excess spread over all marks below which nobody suffers. */
const LEAST_HARM_US = 200;
/** Chance at which as many late marks are still put down to the baseline's own tail. */
const SIGNIFICANCE = 1e-4;
/** A baseline needs as many marks. */
const LEAST_BASELINE = 8;

export interface Lateness {
  readonly marks: number;
  readonly late: MarkRow[];
  /** Quarters of a second that hold a late mark. */
  readonly stretches: number;
  /** Share of late marks that the baseline's own tail leads to expect. */
  readonly expectedShare: number;
  readonly thresholdUs: number;
  readonly baselineMedianUs: number;
  /** Mean excess of the late marks over the baseline's median. */
  readonly excessUs: number;
  /** Excess spread over all marks: comparable between flows and ledgers. */
  readonly harmUs: number;
  /** What one in a hundred takes longer than, now and before. */
  readonly tailUs: number;
  readonly tailBeforeUs: number;
  /** Growth of the least value: steps up when the path itself got longer. */
  readonly floorStepUs: number;
  /** Spread of the late marks, 90th less 10th percentile. */
  readonly spreadUs: number;
  /** Share of the late marks whose stretch is late for the most part: of a burst few are, of a full queue all. */
  readonly steadyShare: number;
}

/** Whose taps tell of the marks: of one host alone only its own part is known, and what is beyond it as a whole. */
export type Reach = 'both' | 'sender' | 'receiver';

export interface DelayLedger {
  readonly direction: Direction;
  readonly reach: Reach;
  readonly path: Lateness | null;
  readonly pod: Lateness | null;
  /** Mean terms of the late marks (of all marks when none is late), edges moved to their hosts. */
  readonly now: PathSplit;
  readonly baseline: PathSplit;
  readonly edges: Record<Edge, number | null>;
  readonly joined: number;
  /** Share of resamples in which the term has the largest excess. */
  readonly wins: Record<PathTerm, number>;
  readonly excess: Record<PathTerm, number>;
  /** Part of the network excess that arose on the way of the data, not of the ACK. */
  readonly forwardExcessUs: number | null;
}

const whole = (m: MarkRow): number | null => m.r_ap ?? m.r_au;
const podTime = (m: MarkRow): number | null => m.t_bp;

/** Pod tap to pod tap, without the receiving pod's own time, as far as taps reach. */
function pathTime(m: MarkRow): number | null {
  const total = whole(m);
  if (total === null && m.t_bu !== null && m.t_bp !== null)
    return m.t_bu - m.t_bp + (m.receiver_rx ?? 0) + (m.receiver_tx ?? 0);
  return total === null ? null : total - (m.t_bp ?? m.t_bu ?? 0);
}

/** True when both ends of the mark's path are known. */
const isJoined = (m: MarkRow): boolean =>
  (m.r_au !== null && m.t_bu !== null) || (m.r_ap !== null && m.t_bp !== null);

/** Marks that both ends tell of, unless no agent tells of one of them (any more). */
function reachOf({ now, srcHost, dstHost, srcSilent, dstSilent }: Direction): Reach {
  if (now.filter(isJoined).length >= LEAST_LATE) return 'both';
  if (dstHost === null || dstSilent) return 'sender';
  return srcHost === null || srcSilent ? 'receiver' : 'both';
}

/** The marks that count, as far as they are told of. */
function within(reach: Reach, marks: readonly MarkRow[]): MarkRow[] {
  if (reach === 'both') return marks.filter(isJoined);
  if (reach === 'sender')
    return marks
      .filter((m) => m.r_ap !== null && m.r_au !== null)
      .map((m) => ({ ...m, t_bu: null, t_bp: null }));
  return marks
    .filter((m) => m.t_bu !== null && m.t_bp !== null)
    .map((m) => ({ ...m, r_ap: null, r_au: null }));
}

const NOTHING: PathSplit = {
  sender_host: null,
  network: null,
  receiver_host: null,
  receiver_pod: null,
};

/** The terms as the taps measure them: what the taps cannot see is in the network. */
export function splitOf(m: MarkRow): PathSplit {
  if (m.r_au !== null && m.t_bu === null && m.t_bp === null)
    return { ...NOTHING, sender_host: m.r_ap === null ? null : m.r_ap - m.r_au, network: m.r_au };
  if (m.r_au === null && m.t_bu === null)
    return {
      sender_host: m.r_ap !== null && m.t_bp !== null ? m.r_ap - m.t_bp : null,
      network: null,
      receiver_host: null,
      receiver_pod: m.t_bp,
    };
  return {
    sender_host: m.r_ap !== null && m.r_au !== null ? m.r_ap - m.r_au : null,
    network: m.r_au !== null && m.t_bu !== null ? m.r_au - m.t_bu : null,
    receiver_host: m.t_bu !== null && m.t_bp !== null ? m.t_bu - m.t_bp : null,
    receiver_pod: m.t_bp,
  };
}

/** Moves the measured edges from the network to their hosts. */
export function withEdges(m: MarkRow): PathSplit {
  const raw = splitOf(m);
  if (raw.network === null && raw.sender_host !== null && raw.receiver_host === null) return raw;
  const sender = (m.sender_tx ?? 0) + (m.sender_rx ?? 0);
  const receiver = (m.receiver_rx ?? 0) + (m.receiver_tx ?? 0);
  return {
    sender_host: sender > 0 ? (raw.sender_host ?? 0) + sender : raw.sender_host,
    network: raw.network === null ? null : raw.network - sender - receiver,
    receiver_host: receiver > 0 ? (raw.receiver_host ?? 0) + receiver : raw.receiver_host,
    receiver_pod: raw.receiver_pod,
  };
}

function meanSplit(splits: readonly PathSplit[]): PathSplit {
  const term = (name: keyof PathSplit): number | null => {
    const known = splits.map((s) => s[name]).filter((v) => v !== null);
    return known.length === 0 ? null : mean(known);
  };
  return {
    sender_host: term('sender_host'),
    network: term('network'),
    receiver_host: term('receiver_host'),
    receiver_pod: term('receiver_pod'),
  };
}

export function lateness(
  now: readonly MarkRow[],
  baseline: readonly MarkRow[],
  measure: (m: MarkRow) => number | null,
): Lateness | null {
  const before = baseline.map(measure).filter((v) => v !== null);
  const measured = now.filter((m) => measure(m) !== null);
  if (before.length < LEAST_BASELINE || measured.length === 0) return null;
  const value = (m: MarkRow): number => measure(m) ?? 0;
  const baselineMedianUs = median(before);
  const thresholdUs = quantile(before, 0.9) + Math.max(LEAST_EXCESS_US, 0.5 * baselineMedianUs);
  const late = measured.filter((m) => value(m) > thresholdUs);
  const lateValues = late.map(value);
  const excessUs = late.length === 0 ? 0 : mean(lateValues) - baselineMedianUs;
  const lateBefore = before.filter((v) => v > thresholdUs).length;
  const allStretches = countStretches(measured);
  const lateStretches = countStretches(late);
  return {
    marks: measured.length,
    late,
    stretches: lateStretches.size,
    // Two more of each kind (Agresti and Coull): few marks without a late one do not prove that there is none.
    expectedShare: (lateBefore + 2) / (before.length + 4),
    thresholdUs,
    baselineMedianUs,
    excessUs,
    harmUs: (excessUs * late.length) / measured.length,
    tailUs: quantile(measured.map(value), 0.99),
    tailBeforeUs: quantile(before, 0.99),
    floorStepUs: quantile(lateValues, 0.05) - quantile(before, 0.05),
    spreadUs: quantile(lateValues, 0.9) - quantile(lateValues, 0.1),
    steadyShare: steadyShare(lateStretches, allStretches),
  };
}

function countStretches(marks: readonly MarkRow[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { at_us } of marks) {
    const stretch = Math.floor(at_us / STRETCH_US);
    counts.set(stretch, (counts.get(stretch) ?? 0) + 1);
  }
  return counts;
}

function steadyShare(late: ReadonlyMap<number, number>, all: ReadonlyMap<number, number>): number {
  let total = 0;
  let steady = 0;
  for (const [stretch, count] of late) {
    total += count;
    if (count >= 0.5 * (all.get(stretch) ?? 0)) steady += count;
  }
  return total === 0 ? 0 : steady / total;
}

/** The times rise and fall within milliseconds: most are on time, in every stretch. */
export const isSpiky = ({ steadyShare }: Pick<Lateness, 'steadyShare'>): boolean =>
  steadyShare < 0.5;

/** Enough late marks that the baseline's own tail does not explain them. */
export const isLate = (l: Lateness | null): l is Lateness =>
  l !== null &&
  l.late.length >= LEAST_LATE &&
  l.stretches >= LEAST_STRETCHES &&
  l.harmUs >= LEAST_HARM_US &&
  binomialTail(l.marks, l.late.length, l.expectedShare) < SIGNIFICANCE;

export function delayLedger(direction: Direction, peers: readonly MarkRow[]): DelayLedger {
  const reach = reachOf(direction);
  const own = within(reach, direction.baseline);
  const baseline = own.length >= LEAST_BASELINE ? own : within(reach, peers);
  const now = within(reach, direction.now);
  const path = lateness(now, baseline, pathTime);
  const pod = lateness(now, baseline, podTime);
  const late = isLate(path) ? path.late : isLate(pod) ? pod.late : now;
  const base = meanSplit(baseline.map(splitOf));
  const told = mostTold(late);
  const rows = (reach === 'both' ? wellTraced(told) : told).map(withEdges);
  const excessOf = (s: PathSplit): number[] =>
    PATH_TERMS.map((term) => (s[term] ?? 0) - (base[term] ?? 0));
  const wins = winnerShares(rows.map(excessOf));
  const current = meanSplit(rows);
  return {
    direction,
    reach,
    path,
    pod,
    now: current,
    baseline: base,
    edges: edgeMeans(wellTraced(told)),
    joined: now.length,
    wins: { sender_host: wins[0] ?? 0, network: wins[1] ?? 0, receiver_host: wins[2] ?? 0 },
    excess: {
      sender_host: (current.sender_host ?? 0) - (base.sender_host ?? 0),
      network: (current.network ?? 0) - (base.network ?? 0),
      receiver_host: (current.receiver_host ?? 0) - (base.receiver_host ?? 0),
    },
    forwardExcessUs: forwardExcess(late, baseline),
  };
}

const TAPS = ['r_ap', 'r_au', 't_bu', 't_bp'] as const;

/** The marks that the most taps tell of, if they are enough: one that lacks a tap lacks a term, not its time. */
function mostTold(marks: readonly MarkRow[]): readonly MarkRow[] {
  const taps = (m: MarkRow): number => TAPS.filter((tap) => m[tap] !== null).length;
  const most = Math.max(0, ...marks.map(taps));
  const whole = marks.filter((m) => taps(m) === most);
  return whole.length >= LEAST_LATE ? whole : marks;
}

/** The marks whose four edges are all known, if they are enough: with an edge unknown its time stays in the network. */
function wellTraced(marks: readonly MarkRow[]): readonly MarkRow[] {
  const whole = marks.filter((m) => EDGES.every((edge) => typeof m[edge] === 'number'));
  return whole.length >= LEAST_LATE ? whole : marks;
}

function edgeMeans(marks: readonly MarkRow[]): Record<Edge, number | null> {
  const edge = (name: Edge): number | null => {
    const known = marks.map((m) => m[name]).filter((v) => v !== null && v !== undefined);
    return known.length === 0 ? null : mean(known);
  };
  return {
    sender_tx: edge('sender_tx'),
    receiver_rx: edge('receiver_rx'),
    receiver_tx: edge('receiver_tx'),
    sender_rx: edge('sender_rx'),
  };
}

/**
 * Deviation of the one-way times of the data from their baseline. The two clocks' offset cancels; by their skew the
 * least times of the baseline rise or fall, and would have gone on to.
 */
function forwardExcess(late: readonly MarkRow[], baseline: readonly MarkRow[]): number | null {
  const [now, before] = [oneWay(late), oneWay(baseline)];
  if (now.length === 0 || before.length === 0) return null;
  const skew = slope(leastOf(before));
  const meanOf = (pick: (time: OneWay) => number): number => mean(now.map(pick));
  const aged = meanOf(({ atUs }) => atUs) - median(before.map(({ atUs }) => atUs));
  return meanOf(({ us }) => us) - median(before.map(({ us }) => us)) - skew * aged;
}

interface OneWay {
  readonly atUs: number;
  readonly us: number;
}

const oneWay = (marks: readonly MarkRow[]): OneWay[] =>
  marks.flatMap(({ at_us, au_ns, bu_ns }) =>
    au_ns !== null && bu_ns !== null ? [{ atUs: at_us, us: (bu_ns - au_ns) / 1000 }] : [],
  );

/** No two clocks differ by more, a second a second. */
const MOST_SKEW = 200e-6;
const LEAST_POINTS = 4;

/** The least of each second: what queues add is not the clocks'. */
function leastOf(times: readonly OneWay[]): OneWay[] {
  const least = new Map<number, OneWay>();
  for (const time of times) {
    const second = Math.floor(time.atUs / 1e6);
    const known = least.get(second);
    if (!known || time.us < known.us) least.set(second, time);
  }
  return [...least.values()];
}

/** Median of the slopes between all pairs (Theil and Sen). */
function slope(points: readonly OneWay[]): number {
  if (points.length < LEAST_POINTS) return 0;
  const slopes = points.flatMap((one, n) =>
    points.slice(n + 1).map((other) => (other.us - one.us) / (other.atUs - one.atUs)),
  );
  return Math.max(-MOST_SKEW, Math.min(MOST_SKEW, median(slopes)));
}
