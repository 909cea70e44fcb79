/** QUIC packets as bytes, and the tap programs with the sweep of QUIC behind them. */
import { udpFrame } from '../../common/bpf/fixture/frames.js';
import { native } from '../../common/native/index.js';
import { rowsFromBatch } from '../../common/schema/columns.js';
import { Bench, type Record_ } from '../fixture/bench.js';
import { QuicConnections } from './connections.js';
import { readQuicLayout } from './layout.js';

export const CLIENT = '10.0.0.1';
export const SERVER = '10.0.0.2';
export const V1 = 1;
export const V2 = 0x6b3343cf;

type Kind = 'initial' | 'zeroRtt' | 'handshake' | 'retry';
const TYPES: Readonly<Record<Kind, number>> = { initial: 0, zeroRtt: 1, handshake: 2, retry: 3 };

export interface Long {
  readonly version?: number;
  readonly destination?: string;
  readonly source?: string;
  /** Of the whole datagram. */
  readonly bytes?: number;
}

/** A datagram that begins with a long header; ids are hexadecimal. */
export function long(kind: Kind, more: Long = {}): Buffer {
  const {
    version = V1,
    destination = '0102030405060708',
    source = 'aabbccdd',
    bytes = 1200,
  } = more;
  const type = version === V2 ? (TYPES[kind] + 1) % 4 : TYPES[kind];
  const header = Buffer.alloc(5);
  header.writeUInt8(0xc0 | (type << 4), 0);
  header.writeUInt32BE(version, 1);
  const ids = [destination, source].map((id) => Buffer.from(id, 'hex'));
  const parts = [header, ...ids.flatMap((id) => [Buffer.of(id.length), id])];
  return Buffer.concat([...parts, Buffer.alloc(bytes, 0x5a)], bytes);
}

export const short = (spin: number, bytes = 60): Buffer =>
  Buffer.concat([Buffer.of(0x40 | (spin << 5))], bytes);

/** With a fixed bit of 0 (RFC 9287). */
export const greased = (datagram: Buffer): Buffer =>
  Buffer.concat([Buffer.of((datagram[0] ?? 0) & ~0x40), datagram.subarray(1)]);

/** Nothing is attached. */
export class QuicBench {
  readonly bench = new Bench();
  readonly #connections: QuicConnections;
  tapIsThere = true;

  constructor(readonly port = 443) {
    const { object } = this.bench;
    const tap = { ifname: '', role: 'uplink', pod: '', ifindex: 0 } as const;
    const taps = { identity: () => (this.tapIsThere ? tap : undefined) };
    const map = object.map('nv_quic');
    const start = native().monotonicNs();
    this.#connections = new QuicConnections(map, readQuicLayout(object), taps, 'h', start);
  }

  client(datagram: Buffer, port = 50000): void {
    this.bench.run(udpFrame(CLIENT, SERVER, port, this.port, datagram));
  }

  server(datagram: Buffer, port = 50000): void {
    this.bench.run(udpFrame(SERVER, CLIENT, this.port, port, datagram), 'nv_tap_egress');
  }

  /** As if the sweep came so much later. */
  sweep(laterMs = 0): { rows: Record_[]; evicted: number } {
    const nowNs = native().monotonicNs() + BigInt(laterMs) * 1_000_000n;
    const { connections, evicted } = this.#connections.sweep(nowNs);
    return { rows: rowsFromBatch(connections), evicted };
  }

  close(): void {
    this.bench.close();
  }
}
