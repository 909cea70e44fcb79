import { readdirSync } from 'node:fs';
import { type FlowTuple, tupleText } from '../common/bpf/flow-key.js';
import { rowsFromBatch } from '../common/schema/columns.js';
import { decodeRecords } from '../common/schema/decode.js';
import { LAYOUTS } from '../common/schema/gen/layout.js';
import { type CgroupMounts, cgroupMounts, cgroupOf } from './counters/cgroup.js';

/** A socket and a process that holds it; src is the socket's own address. */
interface OwnerRow extends FlowTuple {
  readonly host: string;
  readonly tcp_state: number;
  readonly netns: number;
  readonly tgid: number;
  readonly uid: number;
  readonly comm: string;
  readonly cgroup: string;
  /** First seen. */
  readonly time_ns: bigint;
}

interface Known {
  readonly row: OwnerRow;
  /** The update that saw it last. */
  seen: number;
}

const { size: RECORD_BYTES, fields } = LAYOUTS.socket_owner;
const STATE = fields.tcp_state.offset;
/** All before is which socket and which process; the state changes. */
const KEY_BYTES = fields.tgid.offset + fields.tgid.size;

/** Which process holds which socket. Only new pairs become rows, and now and then those that last. */
export class Owners {
  readonly #known = new Map<string, Known>();
  #updates = 0;

  constructor(
    private readonly host: string,
    private readonly mounts: CgroupMounts = cgroupMounts(),
  ) {}

  /** Takes the C records of the sockets there are now, in parts; answers the new ones of each. */
  *update(parts: Iterable<Uint8Array>, nowNs: bigint): Generator<OwnerRow[]> {
    const update = ++this.#updates;
    for (const records of parts) yield this.#take(records, update, nowNs);
    // One that began later may have seen more.
    for (const [key, { seen }] of this.#known) if (seen < update) this.#known.delete(key);
  }

  /** The rows of all that is held, as they were when it was first seen. */
  get all(): OwnerRow[] {
    return Array.from(this.#known.values(), ({ row }) => row);
  }

  /** Processes at either end of the flows, on this host. */
  processesOf(flows: readonly FlowTuple[]): Set<number> {
    const processes = new Set<number>();
    if (flows.length === 0) return processes;
    const ends = flows.flatMap((flow) => [flow, reversed(flow)]);
    const [connected, bound] = [new Set(ends.map(tupleText)), new Set(ends.flatMap(boundTexts))];
    const ports = new Set(ends.map(({ src_port }) => src_port));
    for (const { row } of this.#known.values()) {
      if (!ports.has(row.src_port) && !ports.has(row.dst_port)) continue;
      const texts = row.dst_port === 0 ? [boundText(row)] : connectedTexts(row);
      if (texts.some((text) => connected.has(text) || bound.has(text))) processes.add(row.tgid);
    }
    return processes;
  }

  #take(records: Uint8Array, update: number, nowNs: bigint): OwnerRow[] {
    const bytes = Buffer.from(records.buffer, records.byteOffset, records.byteLength);
    const fresh = new Map<string, Buffer>();
    for (let at = 0; at < bytes.length; at += RECORD_BYTES) {
      const key = keyAt(bytes, at);
      const known = this.#known.get(key);
      if (known === undefined) fresh.set(key, bytes.subarray(at, at + RECORD_BYTES));
      else known.seen = Math.max(known.seen, update);
    }
    const rows = this.#rowsOf([...fresh.values()], nowNs);
    [...fresh.keys()].forEach((key, index) => {
      const row = rows[index];
      if (row !== undefined) this.#known.set(key, { row, seen: update });
    });
    return rows;
  }

  #rowsOf(records: readonly Buffer[], nowNs: bigint): OwnerRow[] {
    const agent = { host: this.host, time_ns: nowNs, cgroup: '' };
    const batch = decodeRecords('socket_owner', Buffer.concat(records), agent);
    const rows = rowsFromBatch(batch) as unknown as OwnerRow[];
    const cgroups = new Map<number, string>();
    return rows.map((row) => {
      const cgroup = cgroups.get(row.tgid) ?? cgroupOf(row.tgid, this.mounts);
      cgroups.set(row.tgid, cgroup);
      return { ...row, cgroup };
    });
  }
}

/** Of a record: no object is made for the many that are known. */
function keyAt(records: Buffer, at: number): string {
  const state = records[at + STATE] ?? 0;
  records[at + STATE] = 0;
  const key = records.toString('latin1', at, at + KEY_BYTES);
  records[at + STATE] = state;
  return key;
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

const UDP = 17;
const ANY_ADDRESS = ['0.0.0.0', '::'];

/** A socket by its flow, and by the service that the flow belongs to (armed_flows.h). */
const connectedTexts = (row: FlowTuple): string[] =>
  [row, { ...row, src_port: 0 }, { ...row, dst_port: 0 }].map(tupleText);

/** UDP is served, and often asked, over sockets that know no peer. */
const boundText = ({ protocol, src, src_port }: FlowTuple): string =>
  `${protocol} ${src} ${src_port}`;

const boundTexts = (end: FlowTuple): string[] =>
  end.protocol !== UDP || end.src_port === 0
    ? []
    : [end.src, ...ANY_ADDRESS].map((src) => boundText({ ...end, src }));

const reversed = (flow: FlowTuple): FlowTuple => ({
  src: flow.dst,
  src_port: flow.dst_port,
  dst: flow.src,
  dst_port: flow.src_port,
  protocol: flow.protocol,
});
