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

interface OwnerRow extends SocketOwner {
  readonly cgroup: string;
  /** First seen. */
  readonly time_ns: bigint;
}

/** Which process holds which socket. Only new pairs become rows, and now and then those that last. */
export class Owners {
  #known = new Map<string, OwnerRow>();

  constructor(private readonly mounts: CgroupMounts = cgroupMounts()) {}

  /** Takes the sockets there are now, in parts; answers the new ones of each. */
  *update(parts: Iterable<readonly SocketOwner[]>, nowNs: bigint): Generator<OwnerRow[]> {
    const before = this.#known;
    const known = new Map<string, OwnerRow>();
    for (const sockets of parts) {
      const fresh: OwnerRow[] = [];
      for (const socket of sockets) {
        const key = keyOf(socket);
        let owner = before.get(key) ?? known.get(key);
        if (owner === undefined) {
          owner = { ...socket, cgroup: cgroupOf(socket.tgid, this.mounts), time_ns: nowNs };
          fresh.push(owner);
        }
        known.set(key, owner);
      }
      yield fresh;
    }
    // Somebody may have read all of them, and later, while this went on.
    if (this.#known === before) this.#known = known;
  }

  /** The rows of all that is held, as they were when it was first seen. */
  get all(): OwnerRow[] {
    return [...this.#known.values()];
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
