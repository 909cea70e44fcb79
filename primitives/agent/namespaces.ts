/** The network namespaces of this machine, found by name and by the processes that live in them. */
import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { native, type Fd } from '../common/native/index.js';

const NAMED = '/run/netns';

export interface Namespace {
  readonly inode: number;
  /** Its file name in /run/netns, if it has one. */
  readonly name?: string;
  /** A process in it, if there is one. */
  readonly pid?: number;
  /** To open it by. */
  readonly path: string;
}

/** Every namespace once, by inode. */
export function listNamespaces(): Map<number, Namespace> {
  const found = new Map<number, Namespace>();
  for (const namespace of [...namedNamespaces(), ...processNamespaces()]) {
    const known = found.get(namespace.inode);
    found.set(namespace.inode, { ...namespace, ...known });
  }
  return found;
}

/** The namespaces that the one of `host` knows by an id. */
export function namespacesById(host: Fd): Map<number, Namespace> {
  const byId = new Map<number, Namespace>();
  for (const namespace of listNamespaces().values()) {
    const id = idOf(host, namespace.path);
    if (id >= 0) byId.set(id, namespace);
  }
  return byId;
}

/** Inode of the namespace at a path; 0 if there is none. */
export function inodeOf(path: string): number {
  try {
    return statSync(path).ino;
  } catch {
    return 0;
  }
}

/** A descriptor would keep a deleted namespace alive: it is open for this one question only. */
function idOf(host: Fd, path: string): number {
  let other: Fd | undefined;
  try {
    other = native().netnsOpen(path);
    return native().netnsId(host, other);
  } catch {
    return -1;
  } finally {
    if (other !== undefined) native().close(other);
  }
}

function namedNamespaces(): Namespace[] {
  const nsfs = statSync('/proc/self/ns/net').dev;
  return entries(NAMED).flatMap((name) => {
    const path = `${NAMED}/${name}`;
    try {
      const { dev, ino } = statSync(path);
      return dev === nsfs ? [{ inode: ino, name, path }] : [];
    } catch {
      return [];
    }
  });
}

function processNamespaces(): Namespace[] {
  return entries('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    const path = `/proc/${pid}/ns/net`;
    try {
      const inode = Number(/\d+/.exec(readlinkSync(path))?.[0] ?? 0);
      return inode > 0 ? [{ inode, pid: Number(pid), path }] : [];
    } catch {
      return [];
    }
  });
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
