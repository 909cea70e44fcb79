import { flowKeyBytes, type FlowTuple } from '../common/bpf/flow-key.js';
import { KeySet } from '../common/loader/index.js';
import { type Fd, native } from '../common/native/index.js';

const ONLY_ENTRY = new Uint8Array(4);

/** What leaves through the rings: the map of armed flows, and `nv_control` (armed.h). */
export class ArmedFlows {
  readonly #flows: KeySet;
  #anyArmed = 0;
  #sampleFloor = 0;

  constructor(
    map: Fd,
    /** The section of `nv_control`. */
    private readonly control: Fd,
  ) {
    this.#flows = new KeySet(map);
  }

  set(flows: readonly FlowTuple[]): void {
    if (flows.length === 0) this.#write(0, this.#sampleFloor);
    this.#flows.replace(flows.map(flowKeyBytes));
    if (flows.length > 0) this.#write(1, this.#sampleFloor);
  }

  /** Lowest rank of a mark whose sample leaves, of flows that are not armed. */
  set sampleFloor(rank: number) {
    if (rank !== this.#sampleFloor) this.#write(this.#anyArmed, rank);
  }

  #write(anyArmed: number, sampleFloor: number): void {
    this.#anyArmed = anyArmed;
    this.#sampleFloor = sampleFloor;
    const control = new Uint8Array(Uint32Array.of(anyArmed, sampleFloor).buffer);
    native().mapUpdate(this.control, ONLY_ENTRY, control);
  }
}
