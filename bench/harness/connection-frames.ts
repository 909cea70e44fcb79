/** The packets of many connections at the client's tap, made by changing the few bytes that differ. */
import { FLAGS, tcpFrame } from '../../primitives/common/bpf/fixture/frames.js';

const MSS = 1448;
/** Without options: Ethernet, IPv4 and TCP headers. */
const AT = { ipId: 18, src: 26, dst: 30, srcPort: 34, dstPort: 36, seq: 38, ack: 42 };
const CLIENT = '10.0.0.0';
const SERVER = '10.1.0.1';
const SERVER_PORT = 80;
/** Apart by flow, so that byte marks do not fall into the same round for all of them. */
const clientIsn = (flow: number): number => Math.imul(flow, 7919) >>> 0;
const SERVER_ISN = 5000;
/** Flows of one client address; the next has the next. */
const PORTS = 16_384;
const FIRST_PORT = 32_768;

const OUT = { src: CLIENT, dst: SERVER, srcPort: FIRST_PORT, dstPort: SERVER_PORT };
const BACK = { src: SERVER, dst: CLIENT, srcPort: SERVER_PORT, dstPort: FIRST_PORT };

/** A frame is valid until the next of the same kind is asked for. */
export class ConnectionFrames {
  readonly #syn = tcpFrame({ ...OUT, flags: FLAGS.syn });
  readonly #synAck = tcpFrame({
    ...BACK,
    seq: SERVER_ISN,
    flags: FLAGS.syn | FLAGS.ack,
  });
  readonly #data = tcpFrame({ ...OUT, ack: SERVER_ISN + 1, payload: MSS });
  readonly #ack = tcpFrame({ ...BACK, seq: SERVER_ISN + 1 });
  /** Segments sent, by flow. */
  readonly #sent: Uint32Array;

  constructor(flows: number) {
    this.#sent = new Uint32Array(flows);
  }

  syn(flow: number): Buffer {
    this.#syn.writeUInt32BE(clientIsn(flow), AT.seq);
    return fromClient(this.#syn, flow);
  }

  synAck(flow: number): Buffer {
    this.#synAck.writeUInt32BE(after(flow, 0), AT.ack);
    return toClient(this.#synAck, flow);
  }

  /** The next segment. */
  data(flow: number): Buffer {
    const sent = this.#sent[flow] ?? 0;
    this.#sent[flow] = sent + 1;
    this.#data.writeUInt16BE((sent + 1) & 0xffff, AT.ipId);
    this.#data.writeUInt32BE(after(flow, sent), AT.seq);
    return fromClient(this.#data, flow);
  }

  /** Of all segments but the newest: something is always under way, so that no packet ends a silence. */
  ack(flow: number): Buffer {
    this.#ack.writeUInt32BE(after(flow, (this.#sent[flow] ?? 0) - 1), AT.ack);
    return toClient(this.#ack, flow);
  }
}

const after = (flow: number, segments: number): number =>
  (clientIsn(flow) + 1 + segments * MSS) >>> 0;

const fromClient = (frame: Buffer, flow: number): Buffer => client(frame, flow, AT.src, AT.srcPort);

const toClient = (frame: Buffer, flow: number): Buffer => client(frame, flow, AT.dst, AT.dstPort);

function client(frame: Buffer, flow: number, address: number, port: number): Buffer {
  frame.writeUInt8(1 + Math.floor(flow / PORTS), address + 3);
  frame.writeUInt16BE(FIRST_PORT + (flow % PORTS), port);
  return frame;
}
