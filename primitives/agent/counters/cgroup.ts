/** CPU quotas: cpu.stat of the cgroups of some processes and of their parents, v1 and v2. */
import { readFileSync } from 'node:fs';
import type { ChangeLog } from './change-log.js';

export interface CgroupMounts {
  /** Where the v1 `cpu` hierarchy is mounted. */
  readonly cpu?: string;
  readonly unified?: string;
}

export function cgroupMounts(
  mountinfo = readFileSync('/proc/self/mountinfo', 'utf8'),
): CgroupMounts {
  const mounts: { cpu?: string; unified?: string } = {};
  for (const line of mountinfo.trim().split('\n')) {
    const [before = '', after = ''] = line.split(' - ');
    const path = before.split(' ')[4] ?? '';
    const [type, , options = ''] = after.split(' ');
    if (type === 'cgroup2') mounts.unified = path;
    if (type === 'cgroup' && options.split(',').includes('cpu')) mounts.cpu = path;
  }
  return mounts;
}

/** Path of a process in the hierarchy that holds CPU quotas; '' if it cannot be read. */
export function cgroupOf(pid: number, mounts: CgroupMounts): string {
  const lines = read(`/proc/${pid}/cgroup`).trim().split('\n');
  const fields = lines.map((line) => /^(\d+):([^:]*):(.*)$/.exec(line));
  const v1 = fields.find((field) => field?.[2]?.split(',').includes('cpu'));
  const v2 = fields.find((field) => field?.[1] === '0');
  return (mounts.cpu === undefined ? v2 : v1)?.[3] ?? '';
}

export function recordCgroups(paths: Iterable<string>, mounts: CgroupMounts, log: ChangeLog): void {
  const root = mounts.cpu ?? mounts.unified;
  if (root === undefined) return;
  for (const path of new Set([...paths].flatMap(withParents))) {
    for (const line of read(`${root}${path}/cpu.stat`).trim().split('\n')) {
      const [name, value] = line.split(' ');
      recordStatistic(path, name ?? '', Number(value), log);
    }
  }
}

function recordStatistic(path: string, name: string, value: number, log: ChangeLog): void {
  if (name === 'nr_periods' || name === 'nr_throttled')
    log.counter('cgroup', path, name, 'count', value);
  if (name === 'throttled_usec') log.counter('cgroup', path, 'throttled_us', 'us', value);
  // v1 counts nanoseconds.
  if (name === 'throttled_time') log.counter('cgroup', path, 'throttled_us', 'us', value / 1000);
}

/** /a/b → /a/b, /a. The root has no quota. */
const withParents = (path: string): string[] =>
  path
    .split('/')
    .filter((part) => part !== '')
    .map((_, depth, parts) => `/${parts.slice(0, depth + 1).join('/')}`);

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
