import { fstatSync } from 'node:fs';
import { NetverdictError } from '../errors/index.js';
import { type Fd, native } from '../native/index.js';
import type { NativeError } from './failure.js';

/** An open network namespace; open, it stays alive even without a name or a process. */
export class Netns {
  readonly inode: number;
  #fd: Fd | undefined;

  private constructor(
    readonly path: string,
    fd: Fd,
  ) {
    this.#fd = fd;
    this.inode = fstatSync(fd).ino;
  }

  /** By name (`ip netns`) or path; without either, the caller's own. */
  static open(nameOrPath?: string): Netns {
    const path = netnsPath(nameOrPath);
    try {
      return new Netns(path, native().netnsOpen(path));
    } catch (error) {
      throw new NetverdictError(
        'NV_NETNS_NOT_FOUND',
        `no network namespace "${nameOrPath ?? path}" (${(error as NativeError).message}); ` +
          '`ip netns list` names them',
        { cause: error },
      );
    }
  }

  get fd(): Fd {
    if (this.#fd === undefined) throw new NetverdictError('NV_CLOSED', `${this.path} is closed`);
    return this.#fd;
  }

  /** The number by which this namespace knows the other (`link-netnsid` of `ip link`); -1 for none. */
  idOf(other: Netns): number {
    return native().netnsId(this.fd, other.fd);
  }

  close(): void {
    native().close(this.fd);
    this.#fd = undefined;
  }
}

/** Where a namespace of that name is, or the path itself. */
export function netnsPath(nameOrPath = '/proc/self/ns/net'): string {
  return nameOrPath.includes('/') ? nameOrPath : `/run/netns/${nameOrPath}`;
}
