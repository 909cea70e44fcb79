/** Takes export datagrams of any sender, malformed and hostile ones included, and keeps what they tell as rows. */
import {
  batchFromRows,
  type ColumnBatch,
  type Row,
} from '../../primitives/common/schema/columns.js';
import type { Decoded, Session } from './decoder.js';
import { Exporters } from './exporters.js';
import { decodeIpfix, decodeNetflow9 } from './flow-sets.js';
import { decodeNetflow5 } from './netflow5.js';
import { Reader } from './reader.js';
import { type FlowRecord, type Format, FORMATS, Malformed, type Refusal } from './record.js';
import { decodeSflow5 } from './sflow5.js';

/** Of rows that wait to be stored. */
const MOST_WAITING = 50_000;

export interface Sender {
  readonly address: string;
  readonly port: number;
}

type Decode = (reader: Reader, session: Session) => Decoded;

/** Both count their versions on their own: a port takes one or the other. */
const NETFLOW: ReadonlyMap<number, Decode> = new Map([
  [5, decodeNetflow5],
  [9, decodeNetflow9],
  [10, decodeIpfix],
]);
const SFLOW: ReadonlyMap<number, Decode> = new Map([[5, decodeSflow5]]);

export class NetworkRecords {
  /** Since the start. */
  readonly records = new Map<Format, number>(FORMATS.map((format) => [format, 0]));
  readonly refused = new Map<Refusal, number>();
  readonly #exporters = new Exporters();
  #waiting: Row[] = [];

  takeNetflow(datagram: Buffer, sender: Sender, receivedMs: number): void {
    const reader = new Reader(datagram);
    this.#take(sender, receivedMs, (session) => decoder(NETFLOW, reader.u16())(reader, session));
  }

  takeSflow(datagram: Buffer, sender: Sender, receivedMs: number): void {
    const reader = new Reader(datagram);
    this.#take(sender, receivedMs, (session) => decoder(SFLOW, reader.u32())(reader, session));
  }

  /** The rows since the last call. */
  drain(): ColumnBatch {
    const rows = this.#waiting;
    this.#waiting = [];
    return batchFromRows('network_flow', rows);
  }

  get exporters(): number {
    return this.#exporters.size;
  }

  /** Units of sequence numbers (records or datagrams, by format) that have not come, by exporter. */
  missing(): Map<string, number> {
    const missing = new Map<string, number>();
    for (const { exporter, missing: units } of this.#exporters.domains)
      missing.set(exporter, (missing.get(exporter) ?? 0) + Math.max(0, units));
    return missing;
  }

  #take(sender: Sender, receivedMs: number, decode: (session: Session) => Decoded): void {
    try {
      const decoded = decode({
        receivedMs,
        domain: (format, id, exporter = sender.address) =>
          this.#exporters.domain(
            `${sender.address} ${sender.port} ${format} ${id} ${exporter}`,
            sender.address,
            exporter,
            receivedMs,
          ),
      });
      for (const refusal of decoded.refusals) this.#refuse(refusal);
      this.#keep(decoded);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.#refuse(error.refusal);
    }
  }

  #keep(decoded: Decoded): void {
    const { format, records } = decoded;
    const room = Math.max(0, MOST_WAITING - this.#waiting.length);
    const kept = records.slice(0, room);
    this.#waiting.push(...kept.map((record) => rowOf(record, decoded)));
    this.records.set(format, (this.records.get(format) ?? 0) + kept.length);
    if (kept.length < records.length) this.#refuse('backlog', records.length - kept.length);
  }

  #refuse(refusal: Refusal, count = 1): void {
    this.refused.set(refusal, (this.refused.get(refusal) ?? 0) + count);
  }
}

function decoder(versions: ReadonlyMap<number, Decode>, version: number): Decode {
  const decode = versions.get(version);
  if (decode === undefined) throw new Malformed('version');
  return decode;
}

/** Without spreads: they take four fifths of the time of a record. */
const rowOf = (record: FlowRecord, { exporter, domain, format }: Decoded): Row => ({
  exporter,
  domain,
  format,
  direction: record.direction,
  input_interface: record.inputInterface,
  output_interface: record.outputInterface,
  src: record.src,
  dst: record.dst,
  src_port: record.srcPort,
  dst_port: record.dstPort,
  protocol: record.protocol,
  sampling: record.sampling,
  packets: record.packets,
  bytes: record.bytes,
  start_ns: nanoseconds(record.startMs),
  end_ns: nanoseconds(record.endMs),
});

const nanoseconds = (ms: number): bigint => BigInt(Math.round(ms * 1000)) * 1000n;
