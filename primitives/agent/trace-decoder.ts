import { dropReasonName, type Kallsyms } from '../common/loader/index.js';
import type { Column, ColumnBatch } from '../common/schema/columns.js';
import { decodeColumn, decodeRecords, recordSize } from '../common/schema/decode.js';
import { LAYOUTS } from '../common/schema/gen/layout.js';
import { packetEvent, schedEvent } from '../common/schema/streams.js';
import type { TracedRecords } from '../tracer/index.js';
import { type CgroupMounts, cgroupMounts, cgroupOf } from './counters/cgroup.js';

/** Processes come and go, their ids come back, and some are moved to another cgroup. */
const REMEMBERED_MS = 2000;

type PacketField = keyof typeof packetEvent.kernel;

/** Adds to the kernel's trace records what only user space can name. */
export class TraceDecoder {
  readonly #mounts: CgroupMounts = cgroupMounts();
  readonly #cgroups = new Map<number, string>();
  #forgetAt = 0;

  constructor(
    private readonly host: string,
    /** Name of an interface of a namespace in scope, by their numbers. */
    private readonly nameOf: (netns: number, ifindex: number) => string,
    private readonly symbols: Kallsyms,
  ) {}

  decode({ stream, bytes }: TracedRecords): ColumnBatch {
    const { host } = this;
    if (stream === 'packet_event') return this.#packets(bytes);
    if (stream === 'sched_event') {
      return decodeRecords(stream, bytes, { host, cgroup: this.#cgroupsOf(bytes) });
    }
    return decodeRecords(stream, bytes, { host });
  }

  #packets(bytes: Uint8Array): ColumnBatch {
    const netns = packetColumn(bytes, 'netns') as Uint32Array;
    const ifindex = packetColumn(bytes, 'ifindex') as Uint32Array;
    const reason = packetColumn(bytes, 'drop_reason') as Uint32Array;
    const location = packetColumn(bytes, 'location') as BigUint64Array;
    return decodeRecords('packet_event', bytes, {
      host: this.host,
      ifname: Array.from(ifindex, (index, row) => this.nameOf(netns[row] ?? 0, index)),
      drop_reason_name: Array.from(reason, (code) => (code === 0 ? '' : dropReasonName(code))),
      drop_symbol: Array.from(location, (address) =>
        address === 0n ? '' : this.symbols.symbolAt(address),
      ),
    });
  }

  #cgroupsOf(bytes: Uint8Array): string[] {
    const { offset } = LAYOUTS.sched_event.fields.tgid;
    const { type } = schedEvent.kernel.tgid;
    if (performance.now() > this.#forgetAt) {
      this.#cgroups.clear();
      this.#forgetAt = performance.now() + REMEMBERED_MS;
    }
    const tgids = decodeColumn(type, bytes, recordSize('sched_event'), offset) as Uint32Array;
    return Array.from(tgids, (tgid) => this.#cgroupOf(tgid));
  }

  #cgroupOf(tgid: number): string {
    const known = this.#cgroups.get(tgid);
    if (known !== undefined) return known;
    const path = tgid === 0 ? '' : cgroupOf(tgid, this.#mounts);
    this.#cgroups.set(tgid, path);
    return path;
  }
}

function packetColumn(bytes: Uint8Array, field: PacketField): Column {
  const { offset } = LAYOUTS.packet_event.fields[field];
  const { type } = packetEvent.kernel[field];
  return decodeColumn(type, bytes, recordSize('packet_event'), offset);
}
