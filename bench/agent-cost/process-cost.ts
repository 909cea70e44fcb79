/** What a process, its threads and its children have cost so far, as /proc tells. */
import { readdirSync, readFileSync } from 'node:fs';
import { type ProcessStat, processStat } from '../../primitives/agent/governor/process-stat.js';

export interface ProcessCost {
  /** Children that have ended and were waited for are in it. */
  readonly cpuMs: number;
  readonly rssKib: number;
  /** Of it mapped from BPF maps: tables and rings of the kernel. */
  readonly mapsKib: number;
  /** Shared pages divided among those that share them. */
  readonly pssKib: number;
  /** Without what is mapped from files and from BPF maps. */
  readonly anonymousKib: number;
}

export function costOf(pid: number): ProcessCost {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => processStat(Number(name)) ?? []);
  const family = withDescendants(pid, all);
  const sum = (field: string): number =>
    family.reduce((total, each) => total + rollup(each.pid, field), 0);
  return {
    cpuMs: family.reduce((total, stat) => total + stat.cpuMs + stat.childrenMs, 0),
    rssKib: sum('Rss'),
    mapsKib: family.reduce((total, each) => total + mapped(each.pid), 0),
    pssKib: sum('Pss'),
    anonymousKib: sum('Anonymous'),
  };
}

function withDescendants(pid: number, all: readonly ProcessStat[]): ProcessStat[] {
  const children = all.filter(({ parent }) => parent === pid);
  return [
    ...all.filter((each) => each.pid === pid),
    ...children.flatMap((child) => withDescendants(child.pid, all)),
  ];
}

const rollup = (pid: number, field: string): number =>
  Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);

/** Each mapping begins with a line of its addresses and name. */
const mapped = (pid: number): number =>
  read(`/proc/${pid}/smaps`)
    .split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m)
    .filter((mapping) => mapping.includes(' anon_inode:bpf-map'))
    .reduce((total, mapping) => total + Number(/^Rss:\s+(\d+)/m.exec(mapping)?.[1] ?? 0), 0);

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
