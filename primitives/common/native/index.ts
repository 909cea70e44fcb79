/**
 * The native addon: one function per libbpf call or system call, no policy. Handles are small integers
 * owned by the addon; each is closed exactly once by its `close*` call. Failures throw an Error with
 * `code` (errno name, e.g. 'EPERM') and, for a load, `log` (the verifier's or libbpf's text).
 */
import { createRequire } from 'node:module';
import { artifact } from '../artifacts.js';

export type ObjectHandle = number & { readonly __object: unique symbol };
export type LinkHandle = number & { readonly __link: unique symbol };
export type RingHandle = number & { readonly __ring: unique symbol };
/** A file descriptor owned by the caller. */
export type Fd = number;

export interface MapInfo {
  readonly name: string;
  readonly fd: Fd;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
}

export interface Native {
  /** bpf_object__open_file. */
  objectOpen(path: string): ObjectHandle;
  /** bpf_map__set_max_entries, before load. */
  objectSetMaxEntries(object: ObjectHandle, map: string, entries: number): void;
  /** bpf_program__set_autoload, before load. */
  objectSetAutoload(object: ObjectHandle, program: string, autoload: boolean): void;
  /** bpf_map__set_initial_value of the section (`.rodata`, `.data`, `.bss`) with the bytes given. */
  objectSetSection(object: ObjectHandle, section: string, bytes: Uint8Array): void;
  /** bpf_map__initial_value, copied; once loaded, the present bytes of the map. */
  objectGetSection(object: ObjectHandle, section: string): Uint8Array;
  /** BTF offset and size of a variable within its section. */
  objectVariable(
    object: ObjectHandle,
    name: string,
  ): { section: string; offset: number; size: number };
  objectLoad(object: ObjectHandle): void;
  objectMaps(object: ObjectHandle): MapInfo[];
  /** Names of all programs, with fd (-1 when not loaded) and section name. */
  objectPrograms(object: ObjectHandle): { name: string; fd: Fd; section: string }[];
  objectClose(object: ObjectHandle): void;

  /** bpf_raw_tracepoint_open(NULL, fd): attaches a tp_btf program. */
  attachTracing(program: Fd): LinkHandle;
  /** bpf_iter_create on a link of the iterator program. */
  iteratorOpen(program: Fd): Fd;
  /** Bytes read; 0 at the end. Records are whole when there is room for 32 KiB, the kernel's buffer. */
  iteratorRead(iterator: Fd, into: Uint8Array): number;
  /**
   * Within the namespace of `netns` (or the caller's when -1): checks that `ifindex` is named `ifname`, then
   * BPF_LINK_CREATE at TCX, in front of every other program (BPF_F_BEFORE). The thread's namespace is restored,
   * the process aborts if that fails.
   */
  attachTcx(netns: Fd, ifindex: number, ifname: string, program: Fd, egress: boolean): LinkHandle;
  /** clsact and a direct-action filter, same checks; the qdisc is made if absent and is left at detach. */
  attachClsact(
    netns: Fd,
    ifindex: number,
    ifname: string,
    program: Fd,
    egress: boolean,
  ): LinkHandle;
  /** Detaches. */
  linkClose(link: LinkHandle): void;
  /** Program ids at TCX of the interface, in order of execution (BPF_PROG_QUERY). */
  queryTcx(netns: Fd, ifindex: number, egress: boolean): number[];
  /** BPF_PROG_GET_FD_BY_ID and BPF_OBJ_GET_INFO_BY_FD: at most 15 characters; undefined when it is unloaded. */
  programName(id: number): string | undefined;

  mapLookup(map: Fd, key: Uint8Array, valueSize: number): Uint8Array | undefined;
  mapUpdate(map: Fd, key: Uint8Array, value: Uint8Array): void;
  mapDelete(map: Fd, key: Uint8Array): boolean;
  /**
   * bpf_map_lookup_batch to the end into the two buffers; answers the number of entries. `truncated` when
   * they did not fit.
   */
  mapLookupBatch(
    map: Fd,
    keys: Uint8Array,
    values: Uint8Array,
  ): { count: number; truncated: boolean };

  /**
   * mmap of an array with BPF_F_MMAPABLE: its values one after the other, each rounded up to 8 bytes. Unmapped after
   * `memoryRelease`, or with its last view.
   */
  mapMemory(map: Fd): ArrayBuffer;
  /** Views of the memory are empty from now on. */
  memoryRelease(memory: ArrayBuffer): void;

  /** A ring buffer, drained in batches: no call per record. */
  ringOpen(map: Fd): RingHandle;
  /** Copies whole records, each as written, one after the other, into `into`; answers bytes written. */
  ringDrain(ring: RingHandle, into: Uint8Array): number;
  /** Calls `wake` on the event loop when the ring has data (epoll thread, coalesced until the next drain). */
  ringOnData(ring: RingHandle, wake: () => void): void;
  ringClose(ring: RingHandle): void;

  /**
   * BPF_PROG_TEST_RUN with packet data. `context` is a `struct __sk_buff` of which the kernel takes the interface,
   * `gso_size`, `gso_segs` and a few more; without it the packet is at the loopback device.
   */
  programTestRun(
    program: Fd,
    data: Uint8Array,
    repeat: number,
    context?: Uint8Array,
  ): { retval: number; durationNs: number; dataOut: Uint8Array };
  /** libbpf_probe_bpf_prog_type and libbpf_probe_bpf_map_type, with BPF_PROG_TYPE_* and BPF_MAP_TYPE_*. */
  supportsProgramType(type: number): boolean;
  supportsMapType(type: number): boolean;
  /** BPF_OBJ_GET_INFO_BY_FD: id and run statistics. */
  programInfo(program: Fd): { id: number; name: string; runTimeNs: bigint; runCount: bigint };
  /** BPF_PROG_GET_FD_BY_ID. */
  programOpen(id: number): Fd;
  /** BPF_ENABLE_STATS: every program on this kernel counts its runs and their time until the descriptor is closed. */
  enableStatistics(): Fd;

  /** Opens a namespace by path (`/run/netns/x`, `/proc/1/ns/net`). */
  netnsOpen(path: string): Fd;
  /** RTM_GETNSID inside `netns` for `other`; -1 when it has none. */
  netnsId(netns: Fd, other: Fd): number;
  /** An rtnetlink socket inside `netns` that hears of links, addresses and routes. */
  netlinkWatch(netns: Fd): Fd;
  /** Reads all pending messages; answers how many. */
  netlinkPending(socket: Fd): number;
  close(fd: Fd): void;
  /** CLOCK_MONOTONIC, as bpf_ktime_get_ns reads it. */
  monotonicNs(): bigint;
  /** sched_setscheduler of a process: 0 other, 1 FIFO. */
  setScheduler(pid: number, policy: number, priority: number): void;
}

let loaded: Native | undefined;

/** The addon, loaded at first use, so that commands that need no kernel run without it. */
export function native(): Native {
  loaded ??= createRequire(import.meta.url)(artifact('build/netverdict.node')) as Native;
  return loaded;
}
