import { ArmedFlows } from '../common/bpf/armed-flows.js';
import type { FlowTuple } from '../common/bpf/flow-key.js';
import type { BpfObject } from '../common/loader/index.js';
import { type Fd, native } from '../common/native/index.js';
import { type JiffyClock, jiffyClock, UNKNOWN_CLOCK } from './clock.js';

const ONLY_ENTRY = new Uint8Array(4);
const CLOCKS_BYTES = 16;
/** A tick may come between two clocks that are read at one moment, not ten times. */
const TRIES = 10;
/** A test run wants a frame at least as long as an Ethernet header. */
const ANY_FRAME = new Uint8Array(64);

/** What user space tells the program while it runs: `nv_control` and the map of armed flows. */
export class Control {
  readonly #flows: ArmedFlows;
  readonly #section: Fd;
  readonly #clock: JiffyClock;
  #anyArmed = 0;
  #sampleFloor = 0;

  constructor(object: BpfObject) {
    this.#flows = new ArmedFlows(object);
    this.#section = object.map('.data.control').fd;
    this.#clock = readClock(object);
    this.#write();
  }

  /** Arms exactly these flows, both directions. */
  arm(flows: readonly FlowTuple[]): void {
    this.#anyArmed = flows.length > 0 ? 1 : 0;
    if (flows.length === 0) this.#write();
    this.#flows.replace(flows);
    if (flows.length > 0) this.#write();
  }

  /** Lowest rank of a mark whose sample leaves, of flows that are not armed. */
  set sampleFloor(rank: number) {
    if (rank === this.#sampleFloor) return;
    this.#sampleFloor = rank;
    this.#write();
  }

  #write(): void {
    const bytes = new ArrayBuffer(24);
    new Uint32Array(bytes, 0, 2).set([this.#anyArmed, this.#sampleFloor]);
    new BigUint64Array(bytes, 8, 2).set([this.#clock.tickNs, this.#clock.bootNs]);
    native().mapUpdate(this.#section, ONLY_ENTRY, new Uint8Array(bytes));
  }
}

function readClock(object: BpfObject): JiffyClock {
  const program = object.program('nv_read_clocks').fd;
  const section = object.map('.data.clocks').fd;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (native().programTestRun(program, ANY_FRAME, 1).retval !== 0) continue;
    const bytes = native().mapLookup(section, ONLY_ENTRY, CLOCKS_BYTES);
    if (bytes === undefined) break;
    const [jiffies, coarseNs] = new BigUint64Array(bytes.slice().buffer);
    return jiffyClock(jiffies ?? 0n, coarseNs ?? 0n);
  }
  return UNKNOWN_CLOCK;
}
