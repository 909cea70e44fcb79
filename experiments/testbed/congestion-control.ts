/**
 * TCP's congestion control is pinned: a child namespace may use only what the init namespace allows. That list is
 * shared by all testbeds: the first writes down what it was, the last puts it back.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { inNamespace } from './shell.js';
import { type State, states } from './state.js';

const ALLOWED = '/proc/sys/net/ipv4/tcp_allowed_congestion_control';

const allowed = (): string => readFileSync(ALLOWED, 'utf8').trim();

/** What was allowed before any testbed that is written down; null when none changed it. */
export const allowedBefore = (): string | null =>
  states().find((s) => s.congestionControl !== null)?.congestionControl ?? null;

/** What a testbed must write down before it allows `algorithm`; null when nothing needs to change. */
export const toRestore = (algorithm: string): string | null => {
  const now = allowed();
  return allowedBefore() ?? (now.split(' ').includes(algorithm) ? null : now);
};

export const restoreAllowed = (before: string): void => writeFileSync(ALLOWED, before);

/** Allows `algorithm` in the init namespace when `state` says that this is to be undone, and sets it in the others. */
export async function pinCongestionControl(
  algorithm: string,
  { congestionControl }: State,
  namespaces: readonly string[],
): Promise<void> {
  if (congestionControl !== null) writeFileSync(ALLOWED, `${congestionControl} ${algorithm}`);
  await Promise.all(
    namespaces.map((netns) =>
      inNamespace(netns, `echo ${algorithm} > /proc/sys/net/ipv4/tcp_congestion_control`),
    ),
  );
}
