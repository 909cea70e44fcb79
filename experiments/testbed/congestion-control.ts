/** TCP's congestion control is pinned: a child namespace may use only what the init namespace allows. */
import { readFileSync, writeFileSync } from 'node:fs';
import { inNamespace } from './shell.js';

const ALLOWED = '/proc/sys/net/ipv4/tcp_allowed_congestion_control';

/** Allows `algorithm` in the init namespace and sets it in the others; answers how to undo the first. */
export async function pinCongestionControl(
  algorithm: string,
  namespaces: readonly string[],
): Promise<() => void> {
  const before = readFileSync(ALLOWED, 'utf8').trim();
  const allowed = before.split(' ').includes(algorithm);
  if (!allowed) writeFileSync(ALLOWED, `${before} ${algorithm}`);
  await Promise.all(
    namespaces.map((netns) =>
      inNamespace(netns, `echo ${algorithm} > /proc/sys/net/ipv4/tcp_congestion_control`),
    ),
  );
  return () => {
    if (!allowed) writeFileSync(ALLOWED, before);
  };
}
