/** Whose programs see a packet before the tap does. */
import type { Netns } from '../../common/loader/index.js';
import { type Filter, filters } from '../../common/loader/iproute2.js';
import { native } from '../../common/native/index.js';
import type { LinkStatistics } from '../counters/device.js';
import type { AttachedTap } from '../interfaces.js';

export type Hook = 'ingress' | 'egress';

export interface Order {
  /** The tap's own program is still there. */
  readonly attached: boolean;
  /** In order of execution, named for people. */
  readonly ahead: readonly string[];
}

/** @param ours id of the tap's program at this hook. */
export async function orderAt(
  host: Netns,
  { ifindex, ifname, attach }: AttachedTap,
  hook: Hook,
  ours: number,
  link: LinkStatistics | undefined,
): Promise<Order> {
  const express = hook === 'ingress' ? xdpPrograms(link) : [];
  const ids = tcxPrograms(host, ifindex, hook);
  if (attach === 'tcx') {
    const at = ids.indexOf(ours);
    const before = at < 0 ? ids : ids.slice(0, at);
    return { attached: at >= 0, ahead: [...express, ...before.map(tcxName)] };
  }
  const list = await filters(ifname, hook, host.path);
  const at = list.findIndex(({ options }) => options?.prog?.id === ours);
  const before = at < 0 ? list : list.slice(0, at);
  return {
    attached: at >= 0,
    ahead: [...express, ...ids.map(tcxName), ...before.map(filterName)],
  };
}

/** Kernels before 6.6 do not know the question. */
function tcxPrograms(host: Netns, ifindex: number, hook: Hook): number[] {
  try {
    return native().queryTcx(host.fd, ifindex, hook === 'egress');
  } catch {
    return [];
  }
}

function tcxName(id: number): string {
  const name = native().programName(id);
  return `tcx "${name ?? ''}" (program ${id})`;
}

function filterName({ kind, pref, options }: Filter): string {
  const name = options?.prog?.name ?? options?.bpf_name;
  const program = options?.prog === undefined ? '' : ` (program ${options.prog.id})`;
  return `tc filter ${kind} pref ${pref}${name === undefined ? '' : ` "${name}"`}${program}`;
}

const xdpPrograms = (link: LinkStatistics | undefined): string[] =>
  (link?.xdp?.attached ?? []).map(({ prog }) => `xdp "${prog?.name ?? ''}" (program ${prog?.id})`);
