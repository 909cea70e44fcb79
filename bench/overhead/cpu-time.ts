/** What the processors of this machine did, as mpstat reads it. */
import { readFileSync } from 'node:fs';

export interface CpuTime {
  /** All in ticks, of all processors together. */
  readonly busy: number;
  readonly stolen: number;
  readonly total: number;
}

export function cpuTime(stat = readFileSync('/proc/stat', 'utf8')): CpuTime {
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, stolen = 0] = (
    stat.split('\n')[0] ?? ''
  )
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  const busy = user + nice + system + irq + softirq;
  return { busy, stolen, total: busy + idle + iowait + stolen };
}

/** Shares of the time between two readings. */
export function cpuShares(before: CpuTime, after: CpuTime): { busy: number; stolen: number } {
  const share = (part: 'busy' | 'stolen'): number =>
    (after[part] - before[part]) / (after.total - before.total);
  return { busy: share('busy'), stolen: share('stolen') };
}
