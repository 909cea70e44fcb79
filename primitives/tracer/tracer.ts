/** Phase 2 on one host: programs loaded early, attached only while flows are armed. */
import { ArmedFlows } from '../common/bpf/armed-flows.js';
import type { FlowTuple } from '../common/bpf/flow-key.js';
import { NetverdictError } from '../common/errors/index.js';
import {
  BpfObject,
  clearPerCpu,
  EventRing,
  HashTable,
  hasTracepoint,
  KeySet,
  type Loss,
  LossCounters,
  readIterator,
} from '../common/loader/index.js';
import { type LinkHandle, native } from '../common/native/index.js';
import type { KernelStream } from '../common/schema/decode.js';
import { TRACER_LOSSES } from './losses.js';
import {
  OWNERS_PROGRAM,
  PROBES,
  type ProbeState,
  SENDER_TIMES_PROGRAM,
  WITHOUT_HOOK,
} from './probes.js';

const RING_BYTES = 4 * 1024 * 1024;
const CPU_WORDS = 16;
/** struct nv_watch (scheduler/watch.h): a thread that is watched from now on. */
const FRESH_WATCH = new Uint8Array(24);

/** Each leaves through a ring of its name. */
const STREAMS = ['packet_event', 'socket_event', 'sched_event'] as const;

export interface TracerOptions {
  /** Those that serve the host. */
  readonly cpus: readonly number[];
  /** Of each ring, if not as compiled: a power of 2, whole pages. */
  readonly ringBytes?: number;
}

export interface Uplink {
  readonly netns: number;
  readonly ifindex: number;
}

/** Raw C records of one stream, whole. */
export interface TracedRecords {
  readonly stream: KernelStream;
  readonly bytes: Uint8Array;
}

export class Tracer {
  readonly #links = new Map<string, LinkHandle>();
  /** Why the kernel refused a program, by its name. */
  readonly #refused = new Map<string, string>();
  readonly #armed: ArmedFlows;
  readonly #scope: KeySet;
  readonly #uplinks: KeySet;
  readonly #threads: HashTable;
  readonly #watched = new Set<number>();
  readonly #rings: readonly (readonly [KernelStream, EventRing])[];
  readonly #losses: LossCounters;

  private constructor(
    private readonly object: BpfObject,
    /** Programs without a tracepoint here: they are not loaded. */
    private readonly unfit: ReadonlySet<string>,
  ) {
    this.#armed = new ArmedFlows(object);
    this.#scope = new KeySet(object.map('nv_netns').fd);
    this.#uplinks = new KeySet(object.map('nv_uplinks').fd);
    this.#threads = new HashTable(object.map('nv_watched'));
    this.#losses = new LossCounters(object.map('nv_losses').fd, TRACER_LOSSES);
    this.#rings = STREAMS.map((stream) => [
      stream,
      new EventRing(object.map(`${stream}s`).fd, RING_BYTES),
    ]);
  }

  /** Loads every program whose tracepoint this kernel has. */
  static open({ cpus, ringBytes }: TracerOptions): Tracer {
    const object = BpfObject.open('build/bpf/tracer.bpf.o');
    try {
      object.configure({ nv_cpus: cpuBitmap(cpus) });
      const unfit = PROBES.filter(({ tracepoint }) => !hasTracepoint(tracepoint));
      for (const { program } of unfit) object.autoload(program, false);
      if (ringBytes !== undefined)
        for (const stream of STREAMS) object.maxEntries(`${stream}s`, ringBytes);
      object.load();
      return new Tracer(object, new Set(unfit.map(({ program }) => program)));
    } catch (error) {
      object.close();
      throw error;
    }
  }

  /** Namespaces and uplinks that belong to the host; nothing else is told of. */
  setScope(namespaces: readonly number[], uplinks: readonly Uplink[]): void {
    this.#scope.replace(namespaces.map((inode) => words(inode)));
    this.#uplinks.replace(uplinks.map(({ netns, ifindex }) => words(netns, ifindex)));
  }

  get armed(): boolean {
    return this.#links.size > 0;
  }

  /**
   * Traces exactly these flows (either direction of a tuple names both), and watches these threads besides those
   * that read or write their sockets. Programs are attached with the first flow and detached with the last.
   */
  arm(flows: readonly FlowTuple[], threads: readonly number[]): void {
    this.#armed.replace(flows);
    if (flows.length === 0) this.#detach();
    else {
      this.#watch(threads);
      if (!this.armed) this.#attach();
    }
  }

  /** Every probe there could be: what is attached, what is not and why. */
  get probes(): ProbeState[] {
    const known = PROBES.map(({ level, program, tracepoint: probe }): ProbeState => {
      if (this.#links.has(program)) return { level, probe, state: 'attached', reason: '' };
      return { level, probe, state: 'absent', reason: this.#whyAbsent(program) };
    });
    return [...known, ...WITHOUT_HOOK.map((gap) => ({ ...gap, state: 'absent' as const }))];
  }

  disarm(): void {
    this.arm([], []);
  }

  /** Everything that waits in the rings; the bytes are copies. */
  drain(): TracedRecords[] {
    return this.#rings
      .map(([stream, ring]) => ({ stream, bytes: ring.drainAll() }))
      .filter(({ bytes }) => bytes.length > 0);
  }

  /** Records lost since the last call. */
  losses(): Loss[] {
    return this.#losses.take();
  }

  /** C records of the stream socket_owner, in parts: every TCP and UDP socket in scope and a process that holds it. */
  owners(): Generator<Uint8Array> {
    return readIterator(this.object.program(OWNERS_PROGRAM).fd);
  }

  /** C records of the stream socket_time, in parts. The first 100 ms after the first call tell of nothing. */
  senderTimes(): Generator<Uint8Array> {
    return readIterator(this.object.program(SENDER_TIMES_PROGRAM).fd);
  }

  close(): void {
    this.#detach();
    for (const [, ring] of this.#rings) ring.close();
    this.object.close();
  }

  #whyAbsent(program: string): string {
    if (this.unfit.has(program)) return 'this kernel has no such tracepoint';
    return this.#refused.get(program) ?? 'nothing is armed';
  }

  /** A probe that this kernel refuses costs itself only. */
  #attach(): void {
    let failure: unknown;
    for (const { program } of PROBES) {
      if (this.unfit.has(program)) continue;
      try {
        this.#links.set(program, native().attachTracing(this.object.program(program).fd));
        this.#refused.delete(program);
      } catch (error) {
        failure = error;
        this.#refused.set(program, (error as Error).message);
      }
    }
    if (!this.armed)
      throw new NetverdictError('NV_ATTACH_FAILED', 'the tracer cannot be attached', {
        cause: failure,
      });
  }

  #detach(): void {
    for (const link of this.#links.values()) native().linkClose(link);
    this.#links.clear();
    this.#watched.clear();
    // What a thread or processor did last would be held against it when it is seen again.
    for (const { key } of this.#threads.entries()) this.#threads.delete(key);
    clearPerCpu(this.object.map('nv_processors'));
  }

  #watch(threads: readonly number[]): void {
    const map = this.object.map('nv_watched').fd;
    for (const thread of threads) {
      if (this.#watched.has(thread)) continue;
      this.#watched.add(thread);
      native().mapUpdate(map, words(thread), FRESH_WATCH);
    }
  }
}

/** Native 32-bit words, one after the other. */
const words = (...values: readonly number[]): Uint8Array =>
  new Uint8Array(Uint32Array.from(values).buffer);

function cpuBitmap(cpus: readonly number[]): Uint8Array {
  const bitmap = new BigUint64Array(CPU_WORDS);
  for (const cpu of cpus) {
    const word = cpu >> 6;
    if (word < CPU_WORDS) bitmap[word] = (bitmap[word] ?? 0n) | (1n << BigInt(cpu & 63));
  }
  return new Uint8Array(bitmap.buffer);
}
