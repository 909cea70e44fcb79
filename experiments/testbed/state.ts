/** What testbeds exist and who owns them, so that one whose owner died can be removed by the next. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { batch } from '../../primitives/common/loader/iproute2.js';

const FOLDER = '/run/netverdict';

interface State {
  readonly id: string;
  readonly pid: number;
  /** Start time of the process in clock ticks: tells it from another that got its pid. */
  readonly started: string;
  readonly namespaces: readonly string[];
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

export function claim(id: string, namespaces: readonly string[]): void {
  mkdirSync(FOLDER, { recursive: true });
  const state: State = { id, pid: process.pid, started: startTime(process.pid), namespaces };
  writeFileSync(file(id), JSON.stringify(state));
}

export const release = (id: string): void => rmSync(file(id), { force: true });

function states(): State[] {
  try {
    return readdirSync(FOLDER)
      .filter((name) => name.startsWith('testbed-'))
      .map((name) => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as State);
  } catch {
    return [];
  }
}

/** Removes what earlier runs left behind; answers the ids of their testbeds. */
export async function cleanLeftovers(): Promise<string[]> {
  const dead = states().filter((s) => startTime(s.pid) !== s.started);
  for (const state of dead) {
    await removeNamespaces(state.namespaces);
    release(state.id);
  }
  return dead.map((s) => s.id);
}

export async function removeNamespaces(names: readonly string[]): Promise<void> {
  const present = new Set(namespaces());
  await batch(
    'ip',
    names.filter((name) => present.has(name)).map((name) => `netns delete ${name}`),
  );
}

function namespaces(): string[] {
  try {
    return readdirSync('/run/netns');
  } catch {
    return [];
  }
}
