import { NetverdictError } from '../errors/index.js';
import { type Fd, type LinkHandle, native } from '../native/index.js';
import type { NativeError } from './failure.js';

export interface TapTarget {
  /** Namespace of the interface; -1 for the caller's. */
  readonly netns: Fd;
  readonly ifindex: number;
  /** Held against the index inside the namespace, so that a recycled number is never tapped. */
  readonly ifname: string;
  readonly ingressProgram: Fd;
  readonly egressProgram: Fd;
}

export interface TapLink {
  readonly method: 'tcx' | 'clsact';
  /** Detaches both programs. */
  close(): void;
}

/** What kernels before 6.6 say to an attach type that they do not know. */
const NO_TCX: readonly string[] = ['EINVAL', 'EOPNOTSUPP'];

/** Attaches both programs in front of all others: TCX, or clsact where the kernel has none. */
export function attachTap(target: TapTarget): TapLink {
  try {
    return attach('tcx', target);
  } catch (tcx) {
    if (!NO_TCX.includes((tcx as NativeError).code)) throw refused([tcx as NativeError]);
    return attachFallback(target, tcx as NativeError);
  }
}

function attachFallback(target: TapTarget, tcx: NativeError): TapLink {
  try {
    return attach('clsact', target);
  } catch (clsact) {
    throw refused([tcx, clsact as NativeError]);
  }
}

function refused(errors: readonly NativeError[]): NetverdictError {
  const vanished = errors.some(({ code }) => code === 'ENODEV');
  const message = errors.map((error) => error.message).join('; ');
  const code = vanished ? 'NV_INTERFACE_NOT_FOUND' : 'NV_ATTACH_FAILED';
  return new NetverdictError(code, message, { cause: errors.at(-1) });
}

/** Exported for the tests, which must see both hooks on one kernel. */
export function attach(method: TapLink['method'], target: TapTarget): TapLink {
  const { netns, ifindex, ifname, ingressProgram, egressProgram } = target;
  const addon = native();
  const one = (program: Fd, egress: boolean): LinkHandle =>
    method === 'tcx'
      ? addon.attachTcx(netns, ifindex, ifname, program, egress)
      : addon.attachClsact(netns, ifindex, ifname, program, egress);
  const ingress = one(ingressProgram, false);
  try {
    return tapLink(method, [ingress, one(egressProgram, true)]);
  } catch (error) {
    addon.linkClose(ingress);
    throw error;
  }
}

function tapLink(method: TapLink['method'], links: readonly LinkHandle[]): TapLink {
  let open = true;
  return {
    method,
    close() {
      if (!open) throw new NetverdictError('NV_CLOSED', 'the tap is closed');
      open = false;
      for (const link of links) native().linkClose(link);
    },
  };
}
