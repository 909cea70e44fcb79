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

/** Attaches both programs in front of all others: TCX, or clsact where the kernel has none. */
export function attachTap(target: TapTarget): TapLink {
  try {
    return attach('tcx', target);
  } catch (tcx) {
    if ((tcx as NativeError).code === 'ENODEV') throw vanished(tcx as NativeError);
    return attachFallback(target, tcx as NativeError);
  }
}

function attachFallback(target: TapTarget, tcx: NativeError): TapLink {
  try {
    return attach('clsact', target);
  } catch (error) {
    const clsact = error as NativeError;
    if (clsact.code === 'ENODEV') throw vanished(clsact);
    throw new NetverdictError('NV_ATTACH_FAILED', `${tcx.message}; ${clsact.message}`, {
      cause: clsact,
    });
  }
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

const vanished = (error: NativeError): NetverdictError =>
  new NetverdictError('NV_INTERFACE_NOT_FOUND', error.message, { cause: error });
