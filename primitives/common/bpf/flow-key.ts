/** The bytes of `struct nv_flow_key` (flow_key.h): one key for both directions of a flow. */
import { endianness } from 'node:os';
import { addressBytes } from '../schema/address.js';

export interface FlowTuple {
  readonly src: string;
  readonly src_port: number;
  readonly dst: string;
  readonly dst_port: number;
  readonly protocol: number;
}

/** One text per direction of a flow. */
export const tupleText = ({ protocol, src, src_port, dst, dst_port }: FlowTuple): string =>
  `${protocol} ${src} ${src_port} ${dst} ${dst_port}`;

export const FLOW_KEY_BYTES = 40;
export const FLOW_KEY = { lo: 0, hi: 16, loPort: 32, hiPort: 34, protocol: 36 } as const;

const LITTLE_ENDIAN = endianness() === 'LE';

export function flowKeyBytes(flow: FlowTuple): Uint8Array {
  const src = addressBytes(flow.src);
  const dst = addressBytes(flow.dst);
  const swap = endAbove(src, flow.src_port, dst, flow.dst_port);
  const key = new Uint8Array(FLOW_KEY_BYTES);
  const view = new DataView(key.buffer);
  key.set(swap ? dst : src, FLOW_KEY.lo);
  key.set(swap ? src : dst, FLOW_KEY.hi);
  view.setUint16(FLOW_KEY.loPort, swap ? flow.dst_port : flow.src_port, LITTLE_ENDIAN);
  view.setUint16(FLOW_KEY.hiPort, swap ? flow.src_port : flow.dst_port, LITTLE_ENDIAN);
  key[FLOW_KEY.protocol] = flow.protocol;
  return key;
}

/** The order that nv_end_above has in the kernel: halves of the address as native integers, then the port. */
function endAbove(a: Uint8Array, aPort: number, b: Uint8Array, bPort: number): boolean {
  for (const offset of [0, 8]) {
    const x = half(a, offset);
    const y = half(b, offset);
    if (x !== y) return x > y;
  }
  return aPort > bPort;
}

const half = (bytes: Uint8Array, offset: number): bigint =>
  new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(offset, LITTLE_ENDIAN);
