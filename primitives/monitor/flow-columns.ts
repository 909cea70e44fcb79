import { endianness } from 'node:os';
import { FLOW_KEY } from '../common/bpf/flow-key.js';
import { addressText } from '../common/schema/address.js';
import type { AgentColumns } from '../common/schema/decode.js';
import { TextCache } from '../common/schema/text-cache.js';
import type { TapIdentity } from './taps.js';

const LITTLE_ENDIAN = endianness() === 'LE';
const addresses = new TextCache(addressText);

/** Grows the columns that say which tap and which direction of which flow a record is of. */
export class FlowColumns {
  readonly #taps: TapIdentity[] = [];
  readonly #src: string[] = [];
  readonly #dst: string[] = [];
  readonly #srcPort: number[] = [];
  readonly #dstPort: number[] = [];
  readonly #protocol: number[] = [];

  /** `key` holds a `struct nv_flow_key` at `offset`; direction 0 is from its `lo` to its `hi` end. */
  push(tap: TapIdentity, key: DataView, offset: number, direction: number): void {
    const lo = addresses.at(key, offset + FLOW_KEY.lo);
    const hi = addresses.at(key, offset + FLOW_KEY.hi);
    const loPort = key.getUint16(offset + FLOW_KEY.loPort, LITTLE_ENDIAN);
    const hiPort = key.getUint16(offset + FLOW_KEY.hiPort, LITTLE_ENDIAN);
    this.#taps.push(tap);
    this.#src.push(direction === 0 ? lo : hi);
    this.#dst.push(direction === 0 ? hi : lo);
    this.#srcPort.push(direction === 0 ? loPort : hiPort);
    this.#dstPort.push(direction === 0 ? hiPort : loPort);
    this.#protocol.push(key.getUint8(offset + FLOW_KEY.protocol));
  }

  columns(): AgentColumns {
    return {
      ifname: this.#taps.map(({ ifname }) => ifname),
      pod: this.#taps.map(({ pod }) => pod),
      tap_role: this.#taps.map(({ role }) => role),
      ifindex: Uint32Array.from(this.#taps, ({ ifindex }) => ifindex),
      src: this.#src,
      dst: this.#dst,
      src_port: Uint16Array.from(this.#srcPort),
      dst_port: Uint16Array.from(this.#dstPort),
      protocol: Uint8Array.from(this.#protocol),
    };
  }
}
