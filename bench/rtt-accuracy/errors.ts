/** From what was seen to figures: how far the monitor's turnarounds are from the oracle's. */
import { ascending, median, quantile } from '../../experiments/results/quantile.js';
import type { Judged } from './judge.js';
import { byTcptrace, coverageOf, type Seen } from './look.js';
import { CLIENT_ADDRESS } from '../../experiments/testbed/path.js';
import type { TrafficKind } from './traffic/kinds.js';

/** tcptrace counts in tenths of a millisecond. */
const TCPTRACE_STEP_NS = 1e5;
const WORST = 5;

/** One sample against the capture of its interface; the sign says which is longer. */
export interface SampleError {
  readonly place: string;
  /** Of the data at the interface: their ACK passes the other way. */
  readonly dataGo: 'in' | 'out';
  readonly class: string;
  readonly turnaroundNs: number;
  readonly errorNs: number;
  /** tshark paired data and ACK itself; of other classes it has no RTT, and the reference reads its capture. */
  readonly byTshark: boolean;
}

/** Of absolute errors, µs; null without samples. */
export interface Distribution {
  readonly count: number;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

export interface KindResult {
  readonly id: string;
  readonly title: string;
  readonly errors: Distribution;
  /** Median of the signed errors, µs, where data go into the interface and where they go out. */
  readonly signed: { readonly in: number | null; readonly out: number | null };
  /** Samples of what the capture calls ambiguous, and such as have no counterpart in it or another ACK or class. */
  readonly ambiguous: number;
  readonly wrong: number;
  readonly byTshark: number;
  /** Where tshark's RTT is not what the reference reads in the same capture. */
  readonly tsharkDiffers: number;
  readonly tcptrace: { readonly directions: number; readonly differ: number };
  readonly coverage: {
    readonly trips: number;
    readonly missing: number;
    /** Not all samples of a busy flow leave: then its counter must tell of as many as there were round trips. */
    readonly by: 'samples' | 'counters';
  };
  readonly worst: readonly SampleError[];
  /** Of all samples, for the figures over all kinds; not kept. */
  readonly all: readonly SampleError[];
}

export function resultOf(
  { id, title, beyondBudget }: TrafficKind,
  seen: readonly Seen[],
): KindResult {
  const read = seen.map(errorsOf);
  const all = read.flatMap(({ errors }) => errors);
  const judged = seen.flatMap((place) => place.judged);
  const faults = judged.flatMap(({ fault }) => fault ?? []);
  const ambiguous = faults.filter((fault) => fault.startsWith('ambiguous')).length;
  return {
    id,
    title,
    errors: distribution(all),
    signed: { in: signedMedian(all, 'in'), out: signedMedian(all, 'out') },
    ambiguous,
    wrong: faults.length - ambiguous,
    byTshark: all.filter(({ byTshark }) => byTshark).length,
    tsharkDiffers: read.reduce((sum, { differ }) => sum + differ, 0),
    tcptrace: tcptraceOf(seen),
    coverage: beyondBudget === true ? countedCoverage(seen) : sampledCoverage(seen),
    worst: [...all].sort((a, b) => Math.abs(b.errorNs) - Math.abs(a.errorNs)).slice(0, WORST),
    all,
  };
}

export function distribution(errors: readonly SampleError[]): Distribution {
  const sorted = ascending(errors.map(({ errorNs }) => Math.abs(errorNs) / 1000));
  const [p50, p90, p99] = [0.5, 0.9, 0.99].map((q) => quantile(sorted, q));
  return {
    count: sorted.length,
    p50: p50 ?? null,
    p90: p90 ?? null,
    p99: p99 ?? null,
    max: sorted.at(-1) ?? null,
  };
}

const signedMedian = (errors: readonly SampleError[], way: 'in' | 'out'): number | null =>
  median(errors.filter(({ dataGo }) => dataGo === way).map(({ errorNs }) => errorNs / 1000));

/** Of samples whose mark the capture holds; a faulty one has none to be held against. */
function errorsOf({ place, captured, judged }: Seen): { errors: SampleError[]; differ: number } {
  const frames = new Map(captured.frames.map((frame) => [frame.number, frame]));
  let differ = 0;
  const errors = judged.flatMap(({ sample, reading, fault }: Judged): SampleError[] => {
    if (reading === undefined || fault !== undefined) return [];
    const { acksFrame, ackRttNs } = frames.get(reading.closingFrame) ?? {};
    const byTshark = acksFrame === reading.frame && ackRttNs !== undefined;
    const oracleNs = byTshark ? ackRttNs : reading.turnaroundNs;
    if (oracleNs !== reading.turnaroundNs) differ++;
    const { turnaroundNs } = sample;
    const dataGo = sample.src.startsWith(`${CLIENT_ADDRESS}:`) ? 'in' : 'out';
    return [
      {
        place,
        dataGo,
        class: sample.class,
        turnaroundNs,
        errorNs: turnaroundNs - oracleNs,
        byTshark,
      },
    ];
  });
  return { errors, differ };
}

function tcptraceOf(seen: readonly Seen[]): KindResult['tcptrace'] {
  const compared = seen.flatMap(byTcptrace);
  const differ = compared.filter(({ ours, theirs }) => {
    if (theirs?.samples !== ours.length) return true;
    const off = (ms: number, ns: number): boolean => Math.abs(ms * 1e6 - ns) > TCPTRACE_STEP_NS;
    return (
      ours.length > 0 &&
      (off(theirs.minMs, Math.min(...ours)) || off(theirs.maxMs, Math.max(...ours)))
    );
  });
  return { directions: compared.length, differ: differ.length };
}

function sampledCoverage(seen: readonly Seen[]): KindResult['coverage'] {
  const directions = seen.flatMap(coverageOf);
  const count = (key: 'trips' | 'missed'): number =>
    directions.reduce((sum, direction) => sum + direction[key].length, 0);
  return { trips: count('trips'), missing: count('missed'), by: 'samples' };
}

function countedCoverage(seen: readonly Seen[]): KindResult['coverage'] {
  const directions = seen.flatMap((place) =>
    coverageOf(place).map(({ direction, trips }) => ({
      trips: trips.length,
      missing: Math.max(0, trips.length - (place.counted.get(direction) ?? 0)),
    })),
  );
  const count = (key: 'trips' | 'missing'): number =>
    directions.reduce((sum, direction) => sum + direction[key], 0);
  return { trips: count('trips'), missing: count('missing'), by: 'counters' };
}
