/** What a process, its threads and its children have cost so far, as /proc tells. */
import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ, which the kernel's interface fixes at 100 on every architecture but Alpha and IA-64. */
const TICK_MS = 10;

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

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
}

export function costOf(pid: number): ProcessCost {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)) ?? []);
  const family = withDescendants(pid, all);
  const sum = (field: string): number =>
    family.reduce((total, each) => total + rollup(each.pid, field), 0);
  return {
    cpuMs: family.reduce((total, { ticks }) => total + ticks * TICK_MS, 0),
    rssKib: sum('Rss'),
    mapsKib: family.reduce((total, each) => total + mapped(each.pid), 0),
    pssKib: sum('Pss'),
    anonymousKib: sum('Anonymous'),
  };
}

function withDescendants(pid: number, all: readonly Stat[]): Stat[] {
  const children = all.filter(({ parent }) => parent === pid);
  return [
    ...all.filter((each) => each.pid === pid),
    ...children.flatMap((child) => withDescendants(child.pid, all)),
  ];
}

/** Fields after the command, which may hold anything: state, ppid, …; 14 to 17 are times (proc(5)). */
function statOf(pid: number): Stat | undefined {
  const text = read(`/proc/${pid}/stat`);
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  if (fields.length < 15) return undefined;
  const ticks = fields.slice(11, 15).reduce((total, field) => total + Number(field), 0);
  return { pid, parent: Number(fields[1]), ticks };
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
