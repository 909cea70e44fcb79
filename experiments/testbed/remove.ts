/** Takes away what a testbed made, by its owner or by whoever finds that the owner died. */
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import { allowedBefore, restoreAllowed } from './congestion-control.js';
import { run } from './shell.js';
import { forget, isAlive, type State, states } from './state.js';

/** Answers what it removed or put back, in words. */
export async function remove(state: State): Promise<string[]> {
  await removeNamespaces(state.namespaces);
  // Its processes are gone: a cgroup without any is an empty folder.
  if (existsSync(state.cgroup)) rmdirSync(state.cgroup);
  rmSync(state.folder, { recursive: true, force: true });
  forget(state.id);
  const removed = [`testbed "${state.id}"`];
  if (state.congestionControl === null || allowedBefore() !== null) return removed;
  restoreAllowed(state.congestionControl);
  return [...removed, `tcp_allowed_congestion_control is "${state.congestionControl}" again`];
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
