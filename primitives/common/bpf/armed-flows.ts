import { type BpfObject, KeySet } from '../loader/index.js';
import { type Fd, native } from '../native/index.js';
import { flowKeyBytes, type FlowTuple } from './flow-key.js';

const ONLY_ENTRY = new Uint8Array(4);

/** The armed flows of an object (armed_flows.h). A flow whose source port is 0 is all of its service. */
export class ArmedFlows {
  readonly #keys: KeySet;
  readonly #kinds: Fd;

  constructor(object: BpfObject) {
    this.#keys = new KeySet(object.map('nv_armed').fd);
    this.#kinds = object.map('.data.armed').fd;
  }

  /** Exactly these, both directions. */
  replace(flows: readonly FlowTuple[]): void {
    const anyService = flows.some(({ src_port }) => src_port === 0) ? 1 : 0;
    native().mapUpdate(this.#kinds, ONLY_ENTRY, new Uint8Array(Uint32Array.of(anyService).buffer));
    this.#keys.replace(flows.map(flowKeyBytes));
  }
}
