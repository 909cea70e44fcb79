/** The headers of a packet that was sampled: the same that the other formats tell of a flow. */
import type { Reader } from './reader.js';
import { Malformed } from './record.js';

export interface SampledPacket {
  readonly src: string;
  readonly dst: string;
  readonly protocol: number;
  readonly srcPort: number;
  readonly dstPort: number;
  /** IP bytes of the whole packet. */
  readonly bytes: number;
}

const ETHERTYPE = { v4: 0x0800, v6: 0x86dd, mpls: 0x8847 };
const VLAN_TAGS: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100]);
const MOST_TAGS = 4;
/** Hop-by-hop, routing, destination options: each tells its length. */
const EXTENSIONS: ReadonlySet<number> = new Set([0, 43, 60]);
const MOST_EXTENSIONS = 4;
const FRAGMENT = 44;
const TCP = 6;
const UDP = 17;

/** Null for packets that are not IP. */
export function readFrame(reader: Reader): SampledPacket | null {
  let type = reader.skip(12).u16();
  for (let tags = 0; VLAN_TAGS.has(type); tags++) {
    if (tags === MOST_TAGS) return null;
    type = reader.skip(2).u16();
  }
  if (type === ETHERTYPE.mpls) return readLabelled(reader);
  if (type === ETHERTYPE.v4 || type === ETHERTYPE.v6) return readIp(reader);
  return null;
}

/** Labels up to the last one, which has the bottom bit. */
function readLabelled(reader: Reader): SampledPacket | null {
  for (let labels = 0; labels < MOST_TAGS; labels++)
    if (reader.u32() & 0x100) return readIp(reader);
  return null;
}

export function readIp(reader: Reader): SampledPacket | null {
  const first = reader.u8();
  if (first >> 4 === 4) return readV4(reader, first & 15);
  if (first >> 4 === 6) return readV6(reader);
  return null;
}

function readV4(reader: Reader, words: number): SampledPacket {
  if (words < 5) throw new Malformed('truncated');
  const bytes = reader.skip(1).u16();
  const offset = reader.skip(2).u16() & 0x1fff;
  const protocol = reader.skip(1).u8();
  const src = reader.skip(2).address(4);
  const dst = reader.address(4);
  reader.skip(4 * (words - 5));
  return { src, dst, protocol, bytes, ...readPorts(reader, offset > 0 ? 0 : protocol) };
}

function readV6(reader: Reader): SampledPacket {
  const bytes = 40 + reader.skip(3).u16();
  let protocol = reader.u8();
  const src = reader.skip(1).address(16);
  const dst = reader.address(16);
  let isLaterFragment = false;
  for (let read = 0; read < MOST_EXTENSIONS; read++) {
    if (protocol === FRAGMENT) {
      protocol = reader.u8();
      isLaterFragment ||= reader.skip(1).u16() >> 3 > 0;
      reader.skip(4);
    } else if (EXTENSIONS.has(protocol)) {
      protocol = reader.u8();
      reader.skip(8 * reader.u8() + 6);
    } else break;
  }
  return { src, dst, protocol, bytes, ...readPorts(reader, isLaterFragment ? 0 : protocol) };
}

type Ports = Pick<SampledPacket, 'srcPort' | 'dstPort'>;

/** What a device cut off is not known; it is no error. */
function readPorts(reader: Reader, protocol: number): Ports {
  if ((protocol !== TCP && protocol !== UDP) || reader.left < 4) return { srcPort: 0, dstPort: 0 };
  return { srcPort: reader.u16(), dstPort: reader.u16() };
}
