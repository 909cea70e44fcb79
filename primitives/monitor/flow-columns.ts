import { endianness } from 'node:os';
import { FLOW_KEY, type FlowTuple } from '../common/bpf/flow-key.js';
import { addressText } from '../common/schema/address.js';
import type { AgentColumns } from '../common/schema/decode.js';
import { TextCache } from '../common/schema/text-cache.js';
import type { TapIdentity } from './taps.js';

const LITTLE_ENDIAN = endianness() === 'LE';
const addresses = new TextCache(addressText);

/** Sender and receiver of one direction; see `FlowColumns.push`. */
export function flowEnds(key: DataView, offset: number, direction: number): FlowTuple {
  const lo = addresses.at(key, offset + FLOW_KEY.lo);
  const hi = addresses.at(key, offset + FLOW_KEY.hi);
  const loPort = key.getUint16(offset + FLOW_KEY.loPort, LITTLE_ENDIAN);
  const hiPort = key.getUint16(offset + FLOW_KEY.hiPort, LITTLE_ENDIAN);
  const protocol = key.getUint8(offset + FLOW_KEY.protocol);
  return direction === 0
    ? { src: lo, dst: hi, src_port: loPort, dst_port: hiPort, protocol }
    : { src: hi, dst: lo, src_port: hiPort, dst_port: loPort, protocol };
}

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
    const { src, dst, src_port, dst_port, protocol } = flowEnds(key, offset, direction);
    this.#taps.push(tap);
    this.#src.push(src);
    this.#dst.push(dst);
    this.#srcPort.push(src_port);
    this.#dstPort.push(dst_port);
    this.#protocol.push(protocol);
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
