/** What testbeds exist and who owns them, so that one whose owner died can be removed by the next. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = '/run/netverdict';

export interface State {
  readonly id: string;
  readonly pid: number;
  /** Start time of the process in clock ticks: tells it from another that got its pid. */
  readonly started: string;
  readonly namespaces: readonly string[];
  /** A cgroup and a folder that go with the testbed; either may not exist. */
  readonly cgroup: string;
  readonly folder: string;
  /** tcp_allowed_congestion_control of the init namespace as it was before any testbed; null if left alone. */
  readonly congestionControl: string | null;
}

const file = (id: string): string => join(FOLDER, `testbed-${id}.json`);

/** Field 22 of /proc/PID/stat (proc(5)); empty when there is no such process. */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

export const isAlive = ({ pid, started }: State): boolean => startTime(pid) === started;

/** A state of this process. */
export const owned = (state: Omit<State, 'pid' | 'started'>): State => ({
  ...state,
  pid: process.pid,
  started: startTime(process.pid),
});

/** Whole or not at all: another process may read it at any moment. */
export function save(state: State): void {
  mkdirSync(FOLDER, { recursive: true });
  const draft = `${file(state.id)}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(state));
  renameSync(draft, file(state.id));
}

export const forget = (id: string): void => rmSync(file(id), { force: true });

export function states(): State[] {
  return names()
    .filter((name) => /^testbed-.*\.json$/.test(name))
    .flatMap((name) => {
      try {
        return [JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as State];
      } catch {
        return [];
      }
    });
}

function names(): string[] {
  try {
    return readdirSync(FOLDER);
  } catch {
    return [];
  }
}
