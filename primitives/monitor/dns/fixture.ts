/** DNS messages as bytes, and the tap programs with the sweep of DNS behind them. */
import { udpFrame } from '../../common/bpf/fixture/frames.js';
import { native } from '../../common/native/index.js';
import { rowsFromBatch } from '../../common/schema/columns.js';
import { Bench, type Record_ } from '../fixture/bench.js';
import { DnsExchanges } from './exchanges.js';
import { readDnsLayout } from './records.js';

export const CLIENT = '10.0.0.1';
export const SERVER = '10.0.0.53';

export interface Message {
  readonly id?: number;
  readonly name?: string;
  readonly type?: number;
  /** Second 16 bits of the header. */
  readonly flags?: number;
  readonly questions?: number;
  readonly answers?: number;
}

const TYPE_A = 1;
const CLASS_IN = 1;
const ANSWER = 0x8180;
const RECURSION_DESIRED = 0x0100;

export function query({
  id = 7,
  name = 'example.org',
  type = TYPE_A,
  ...more
}: Message = {}): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(more.flags ?? RECURSION_DESIRED, 2);
  header.writeUInt16BE(more.questions ?? 1, 4);
  header.writeUInt16BE(more.answers ?? 0, 6);
  if (more.questions === 0) return header;
  const labels = name
    .split('.')
    .map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)]));
  return Buffer.concat([header, ...labels, Buffer.of(0, type >> 8, type & 0xff, 0, CLASS_IN)]);
}

export const answer = (message: Message = {}, rcode = 0): Buffer =>
  query({ answers: 1, ...message, flags: message.flags ?? ANSWER | rcode });

/** With the length in front, as on TCP. */
export function prefixed(message: Buffer, length = message.length): Buffer {
  return Buffer.concat([Buffer.of(length >> 8, length & 0xff), message]);
}

export const fromClient = (message: Buffer, port = 5000): Buffer =>
  udpFrame(CLIENT, SERVER, port, 53, message);
export const fromServer = (message: Buffer, port = 5000): Buffer =>
  udpFrame(SERVER, CLIENT, 53, port, message);

/** Nothing is attached. */
export class DnsBench {
  readonly bench: Bench;
  readonly #exchanges: DnsExchanges;
  tapIsThere = true;

  constructor(names = true) {
    this.bench = new Bench('set_associative', 64, { nv_dns_names: names });
    const { object } = this.bench;
    const tap = { ifname: '', role: 'uplink', pod: '', ifindex: 0 } as const;
    const taps = { identity: () => (this.tapIsThere ? tap : undefined) };
    this.#exchanges = new DnsExchanges(object, readDnsLayout(object), taps, 'h');
  }

  run(...frames: Buffer[]): void {
    for (const frame of frames) this.bench.run(frame);
  }

  /** As if the sweep came so much later. */
  sweep(laterMs = 0): { rows: Record_[]; alerts: Record_[]; evicted: number } {
    const nowNs = native().monotonicNs() + BigInt(laterMs) * 1_000_000n;
    const { exchanges, alerts, evicted } = this.#exchanges.sweep(nowNs);
    return { rows: exchanges.flatMap(rowsFromBatch), alerts: [...alerts], evicted };
  }

  close(): void {
    this.#exchanges.close();
    this.bench.close();
  }
}
