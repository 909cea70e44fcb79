/** The scheduler ledger: how much of a pod's late time its threads spent waiting for a processor, and who had it. */
import type { MarkRow, Observations, WaitCulpritRow } from './observe.js';

export interface Waiting {
  /** Time of the late marks at the pod tap, microseconds. */
  readonly lateUs: number;
  /** Of it, with a serving thread runnable but not running. */
  readonly runnableUs: number;
  /** Of it, with a serving thread held back by its quota. */
  readonly throttledUs: number;
  readonly threads: string[];
  readonly cgroups: string[];
}

interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Length of the part of [start, end) that the stretches cover, overlaps counted once. */
export function covered(start: number, end: number, stretches: readonly Stretch[]): number {
  let total = 0;
  let at = start;
  for (const s of [...stretches].sort((a, b) => a.start - b.start)) {
    const from = Math.max(at, s.start);
    const to = Math.min(end, s.end);
    if (to > from) {
      total += to - from;
      at = to;
    }
  }
  return total;
}

/** `marks` are late at the pod of `address` on `host`. */
export function waiting(
  marks: readonly MarkRow[],
  host: string,
  address: string,
  observations: Observations,
): Waiting {
  const netns = observations.endpoints.get(address)?.netns;
  const ours = observations.waits.filter(
    (w) => w.host === host && w.kind !== 'softirq' && (!w.netns || !netns || w.netns === netns),
  );
  const stretches = (kind: string): Stretch[] =>
    ours.filter((w) => w.kind === kind).map((w) => ({ start: w.start_ns, end: w.end_ns }));
  const overlap = (kind: string): number => {
    const kindStretches = stretches(kind);
    return marks.reduce((total, m) => {
      if (m.bp_ns === null || m.t_bp === null) return total;
      return total + covered(m.bp_ns, m.bp_ns + m.t_bp * 1000, kindStretches) / 1000;
    }, 0);
  };
  const waited = ours.filter((w) => w.kind === 'wait' || w.kind === 'throttled');
  return {
    lateUs: marks.reduce((total, m) => total + (m.t_bp ?? 0), 0),
    runnableUs: overlap('wait'),
    throttledUs: overlap('throttled'),
    threads: [...new Set(waited.map((w) => `${w.comm}/${w.pid}`))],
    cgroups: [...new Set(waited.flatMap((w) => (w.cgroup ? [w.cgroup] : [])))],
  };
}

/** Who had the processor while `kind` waited on `host`, with its share, the largest first. */
export function waitCulprits(
  observations: Observations,
  host: string,
  kind: 'wait' | 'softirq',
): (WaitCulpritRow & { share: number })[] {
  const rows = observations.waitCulprits.filter((c) => c.host === host && c.kind === kind);
  const total = rows.reduce((t, c) => t + c.had_cpu_us, 0);
  return rows
    .map((c) => ({ ...c, share: total > 0 ? c.had_cpu_us / total : 0 }))
    .sort((a, b) => b.share - a.share);
}
