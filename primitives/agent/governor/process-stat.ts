/** What a process has cost so far, as /proc tells. */
import { readFileSync } from 'node:fs';

/** USER_HZ, which the kernel's interface fixes at 100 on every architecture but Alpha and IA-64. */
const TICK_MS = 10;

export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** User and system, of all threads. */
  readonly cpuMs: number;
  /** Of children that have ended and were waited for. */
  readonly childrenMs: number;
}

/** Fields after the command, which may hold anything: state, ppid, …; 14 to 17 are times (proc(5)). */
export function processStat(pid: number): ProcessStat | undefined {
  const text = readText(`/proc/${pid}/stat`);
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  if (fields.length < 15) return undefined;
  const ms = (first: number): number =>
    (Number(fields[first]) + Number(fields[first + 1])) * TICK_MS;
  return { pid, parent: Number(fields[1]), cpuMs: ms(11), childrenMs: ms(13) };
}

/** Of this process and its children, ms since it began. */
export function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  const ended = processStat(process.pid)?.childrenMs ?? 0;
  const living = readText(`/proc/self/task/${process.pid}/children`).split(' ').filter(Boolean);
  return living.reduce(
    (sum, pid) => {
      const stat = processStat(Number(pid));
      return sum + (stat ? stat.cpuMs + stat.childrenMs : 0);
    },
    (user + system) / 1000 + ended,
  );
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
