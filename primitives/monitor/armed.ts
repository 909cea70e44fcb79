import { flowKeyBytes, type FlowTuple } from '../common/bpf/flow-key.js';
import { KeySet } from '../common/loader/index.js';
import { type Fd, native } from '../common/native/index.js';

const ONLY_ENTRY = new Uint8Array(4);

/** The map of armed flows, and the flag that spares its look-up while it is empty. */
export class ArmedFlows {
  readonly #flows: KeySet;

  constructor(
    map: Fd,
    /** `.bss` of the object: `nv_any_armed` alone. */
    private readonly flag: Fd,
  ) {
    this.#flows = new KeySet(map);
  }

  set(flows: readonly FlowTuple[]): void {
    if (flows.length === 0) this.#setFlag(0);
    this.#flows.replace(flows.map(flowKeyBytes));
    if (flows.length > 0) this.#setFlag(1);
  }

  #setFlag(value: number): void {
    native().mapUpdate(this.flag, ONLY_ENTRY, new Uint8Array(Uint32Array.of(value).buffer));
  }
}
