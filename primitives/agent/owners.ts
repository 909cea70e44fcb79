import { readdirSync } from 'node:fs';
import { type FlowTuple, tupleText } from '../common/bpf/flow-key.js';
import { type CgroupMounts, cgroupMounts, cgroupOf } from './counters/cgroup.js';

/** A socket and a process that holds it; src is the socket's own address. */
export interface SocketOwner extends FlowTuple {
  readonly tcp_state: number;
  readonly netns: number;
  readonly tgid: number;
  readonly uid: number;
  readonly comm: string;
}

/** Which process holds which socket. Only new pairs become rows. */
export class Owners {
  #known = new Map<string, SocketOwner & { cgroup: string }>();

  constructor(private readonly mounts: CgroupMounts = cgroupMounts()) {}

  /** Takes the sockets there are now; answers the new ones. */
  update(sockets: readonly SocketOwner[]): (SocketOwner & { cgroup: string })[] {
    const before = this.#known;
    const fresh: (SocketOwner & { cgroup: string })[] = [];
    this.#known = new Map();
    for (const socket of sockets) {
      const key = keyOf(socket);
      let owner = before.get(key) ?? this.#known.get(key);
      if (owner === undefined) {
        owner = { ...socket, cgroup: cgroupOf(socket.tgid, this.mounts) };
        fresh.push(owner);
      }
      this.#known.set(key, owner);
    }
    return fresh;
  }

  /** Processes at either end of the flows, on this host. */
  processesOf(flows: readonly FlowTuple[]): Set<number> {
    const ends = new Set(flows.flatMap((flow) => [tupleText(flow), tupleText(reversed(flow))]));
    const owners = [...this.#known.values()].filter((owner) => ends.has(tupleText(owner)));
    return new Set(owners.map(({ tgid }) => tgid));
  }
}

export function threadsOf(processes: Iterable<number>): number[] {
  return [...processes].flatMap((pid) => {
    try {
      return readdirSync(`/proc/${pid}/task`).map(Number);
    } catch {
      return [];
    }
  });
}

const keyOf = (owner: SocketOwner): string => `${owner.netns} ${tupleText(owner)} ${owner.tgid}`;

const reversed = (flow: FlowTuple): FlowTuple => ({
  src: flow.dst,
  src_port: flow.dst_port,
  dst: flow.src,
  dst_port: flow.src_port,
  protocol: flow.protocol,
});
