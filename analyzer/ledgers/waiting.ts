/** The scheduler ledger: how much of a pod's late time its threads spent waiting for a processor, and who had it. */
import { connectionId } from './flow.js';
import type { MarkRow, Observations, QueueStayRow, WaitCulpritRow, WaitRow } from './observe.js';

export interface Waiting {
  /** Time of the late marks at the pod tap, microseconds. */
  readonly lateUs: number;
  /** Of it, with a serving thread runnable but not running. */
  readonly runnableUs: number;
  /** Of it, with softirqs off on its host: its packets could not even leave or enter the pod. */
  readonly stalledUs: number;
  /** Of it, with a serving thread held back by its quota. */
  readonly throttledUs: number;
  readonly threads: string[];
  readonly cgroups: string[];
}

/** A stretch of time on the clock of its host. */
export interface Stretch {
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
  const stretches = (kind: string): Stretch[] => ours.filter((w) => w.kind === kind).map(stretchOf);
  const overlap = (kept: readonly Stretch[]): number =>
    marks.reduce((total, m) => {
      if (m.bp_ns === null || m.t_bp === null) return total;
      return total + covered(m.bp_ns, m.bp_ns + m.t_bp * 1000, kept) / 1000;
    }, 0);
  const waited = ours.filter((w) => w.kind === 'wait' || w.kind === 'throttled');
  return {
    lateUs: marks.reduce((total, m) => total + (m.t_bp ?? 0), 0),
    runnableUs: overlap(stretches('wait')),
    stalledUs: overlap(softirqWaits(observations, host).stalled),
    throttledUs: overlap(stretches('throttled')),
    threads: [...new Set(waited.map((w) => `${w.comm}/${w.pid}`))],
    cgroups: [...new Set(waited.flatMap((w) => (w.cgroup ? [w.cgroup] : [])))],
  };
}

export interface Queued {
  /** Of the marks' time at the pod tap, with a packet of their connection in the queue of a device, microseconds. */
  readonly us: number;
  /** Devices that held them, the longest first. */
  readonly devices: string[];
}

/** `marks` are late at a pod of `host`: what of it their packets stood in queues before or in the pod. */
export function queued(
  marks: readonly MarkRow[],
  host: string,
  { queueStays }: Observations,
): Queued {
  const stays = new Map<string, Stretch[]>(marks.map((m) => [connectionId(m), []]));
  const perDevice = new Map<string, number>();
  for (const stay of queueStays) {
    const own = stays.get(connectionId(stay));
    if (stay.host !== host || !own) continue;
    own.push(stretchOf(stay));
    const soFar = perDevice.get(stay.ifname) ?? 0;
    perDevice.set(stay.ifname, soFar + stay.end_ns - stay.start_ns);
  }
  const us = marks.reduce((total, m) => {
    if (m.bp_ns === null || m.t_bp === null) return total;
    const own = stays.get(connectionId(m)) ?? [];
    return total + covered(m.bp_ns, m.bp_ns + m.t_bp * 1000, own) / 1000;
  }, 0);
  return { us, devices: [...perDevice].sort((a, b) => b[1] - a[1]).map(([name]) => name) };
}

const stretchOf = ({ start_ns, end_ns }: WaitRow | QueueStayRow): Stretch => ({
  start: start_ns,
  end: end_ns,
});

/** A softirq runs at the end of the interrupt that raises it, and for 2 ms at most: due for longer, it was kept off. */
const STALL_NS = 5_000_000;

export interface SoftirqWaits {
  /** No softirq could run: some task kept them off in the kernel. */
  readonly stalled: Stretch[];
  /** The thread that receives packets had no processor, or softirqs were busy. */
  readonly starved: Stretch[];
}

export function softirqWaits({ waits }: Observations, host: string): SoftirqWaits {
  const ours = waits.filter((w) => w.host === host && w.kind === 'softirq');
  const isStall = ({ pid, start_ns, end_ns }: WaitRow): boolean =>
    pid === 0 && end_ns - start_ns >= STALL_NS;
  return {
    stalled: ours.filter(isStall).map(stretchOf),
    starved: ours.filter((w) => !isStall(w)).map(stretchOf),
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
