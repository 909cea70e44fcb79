/** Takes away what a testbed made, by its owner or by whoever finds that the owner died. */
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import { allowedBefore, restoreAllowed } from './congestion-control.js';
import { run } from './shell.js';
import { forget, isAlive, type State, states } from './state.js';

/** Answers what it removed or put back, in words. */
export async function remove(state: State): Promise<string[]> {
  await removeNamespaces(state.namespaces);
  await removeCgroup(state.cgroup);
  rmSync(state.folder, { recursive: true, force: true });
  forget(state.id);
  const removed = [`testbed "${state.id}"`];
  if (state.congestionControl === null || allowedBefore() !== null) return removed;
  restoreAllowed(state.congestionControl);
  return [...removed, `tcp_allowed_congestion_control is "${state.congestionControl}" again`];
}

/** Busy until the last of its processes, already killed, has been reaped. */
async function removeCgroup(path: string): Promise<void> {
  for (let tries = 20; existsSync(path); tries--) {
    try {
      rmdirSync(path);
    } catch (cause) {
      if (tries === 0)
        throw new NetverdictError('NV_TESTBED_FAILED', `${path} has processes`, { cause });
      await sleep(50);
    }
  }
}

/** Removes what dead owners left behind; answers what that was, in words. */
export async function cleanLeftovers(): Promise<string[]> {
  const cleaned: string[] = [];
  for (const state of states().filter((s) => !isAlive(s))) cleaned.push(...(await remove(state)));
  return cleaned;
}

/** Fails with NV_TESTBED_FAILED when a living process owns a testbed of that id. */
export function refuseLiving(id: string): void {
  const owner = states().find((s) => s.id === id && isAlive(s));
  if (!owner) return;
  throw new NetverdictError(
    'NV_TESTBED_FAILED',
    `testbed "${id}" is in use by process ${owner.pid}: end that first (kill ${owner.pid})`,
  );
}

export async function removeNamespaces(names: readonly string[]): Promise<void> {
  const present = new Set(namespaces());
  for (const name of names.filter((n) => present.has(n)))
    await run(['ip', 'netns', 'delete', name]);
}

function namespaces(): string[] {
  try {
    return readdirSync('/run/netns');
  } catch {
    return [];
  }
}
