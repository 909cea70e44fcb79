import { flowKeyBytes, type FlowTuple } from '../common/bpf/flow-key.js';
import { type Fd, native } from '../common/native/index.js';

const PRESENT = Uint8Array.of(1);
const ONLY_ENTRY = new Uint8Array(4);

/** The map of armed flows, and the flag that spares its look-up while it is empty. */
export class ArmedFlows {
  #keys = new Map<string, Uint8Array>();

  constructor(
    private readonly map: Fd,
    /** `.bss` of the object: `nv_any_armed` alone. */
    private readonly flag: Fd,
  ) {}

  set(flows: readonly FlowTuple[]): void {
    const wanted = new Map(
      flows.map(flowKeyBytes).map((key) => [Buffer.from(key).toString('latin1'), key]),
    );
    if (wanted.size === 0) this.#setFlag(0);
    for (const [name, key] of this.#keys) if (!wanted.has(name)) native().mapDelete(this.map, key);
    for (const [name, key] of wanted) {
      if (!this.#keys.has(name)) native().mapUpdate(this.map, key, PRESENT);
    }
    this.#keys = wanted;
    if (wanted.size > 0) this.#setFlag(1);
  }

  #setFlag(value: number): void {
    native().mapUpdate(this.flag, ONLY_ENTRY, new Uint8Array(Uint32Array.of(value).buffer));
  }
}
