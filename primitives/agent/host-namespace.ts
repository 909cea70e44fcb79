import { statSync } from 'node:fs';
import { NetverdictError } from '../common/errors/index.js';
import { type Fd, native } from '../common/native/index.js';
import { inodeOf } from './namespaces.js';

/** The network namespace that is the host for this agent; the process itself stays where it is. */
export interface HostNamespace {
  readonly path: string;
  readonly inode: number;
  readonly fd: Fd;
}

export function openHostNamespace(nameOrPath?: string): HostNamespace {
  const path = pathOf(nameOrPath);
  if (nameOrPath !== undefined && !isNamespace(path)) {
    throw new NetverdictError(
      'NV_NETNS_NOT_FOUND',
      `no network namespace "${nameOrPath}" (looked at ${path}); \`ip netns list\` names them`,
      { exitCode: 2 },
    );
  }
  return { path, inode: inodeOf(path), fd: native().netnsOpen(path) };
}

function pathOf(nameOrPath: string | undefined): string {
  if (nameOrPath === undefined) return `/proc/${process.pid}/ns/net`;
  return nameOrPath.includes('/') ? nameOrPath : `/run/netns/${nameOrPath}`;
}

function isNamespace(path: string): boolean {
  try {
    return statSync(path).dev === statSync('/proc/self/ns/net').dev;
  } catch {
    return false;
  }
}
