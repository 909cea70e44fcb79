/** sFlow version 5 (sflow.org): packets that were sampled, each with the rate and the first bytes of its headers. */
import type { Decoded, Session } from './decoder.js';
import type { Reader } from './reader.js';
import { type FlowRecord, Malformed, type Refusal } from './record.js';
import { readFrame, readIp, type SampledPacket } from './sampled-packet.js';

const AGENT_V4 = 1;
const AGENT_V6 = 2;
/** Of samples and of the records in them, with the enterprise number 0 in the upper 20 bits. */
const FLOW_SAMPLE = 1;
const EXPANDED_FLOW_SAMPLE = 3;
const RAW_HEADER = 1;
const ETHERNET = 1;
const IPV4 = 11;
const IPV6 = 12;
const MOST_SAMPLES = 1024;
/** The upper two bits of an interface tell whether the rest is one. */
const IS_ONE_INTERFACE = 0;
const UNKNOWN_INTERFACE = 0x3fffffff;

export function decodeSflow5(reader: Reader, session: Session): Decoded {
  const exporter = agentAddress(reader);
  const id = reader.u32();
  const sequence = reader.u32();
  const samples = reader.skip(4).u32();
  if (samples > MOST_SAMPLES) throw new Malformed('implausible');
  const domain = session.domain('sflow5', id, exporter);
  domain.missing += domain.sequence.take(sequence, 1);
  const records: FlowRecord[] = [];
  const refusals: Refusal[] = [];
  for (let sample = 0; sample < samples; sample++) {
    const kind = reader.u32();
    const body = reader.part(reader.u32());
    try {
      const record = readSample(body, kind, session.receivedMs);
      if (record) records.push(record);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      refusals.push(error.refusal);
    }
  }
  return { domain: id, exporter, format: 'sflow5', records, refusals };
}

function agentAddress(reader: Reader): string {
  const kind = reader.u32();
  if (kind === AGENT_V4) return reader.address(4);
  if (kind === AGENT_V6) return reader.address(16);
  throw new Malformed('implausible');
}

/** Null for samples of counters, and of packets that are not IP. */
function readSample(reader: Reader, kind: number, receivedMs: number): FlowRecord | null {
  if (kind !== FLOW_SAMPLE && kind !== EXPANDED_FLOW_SAMPLE) return null;
  const isExpanded = kind === EXPANDED_FLOW_SAMPLE;
  reader.skip(isExpanded ? 12 : 8);
  const sampling = Math.max(1, reader.u32());
  reader.skip(8);
  const inputInterface = isExpanded ? expandedInterface(reader) : compactInterface(reader);
  const outputInterface = isExpanded ? expandedInterface(reader) : compactInterface(reader);
  const packet = readPacket(reader);
  if (packet === null) return null;
  return {
    ...packet,
    ...{ packets: 1, sampling, inputInterface, outputInterface, direction: 'none' },
    ...{ startMs: receivedMs, endMs: receivedMs },
  };
}

function compactInterface(reader: Reader): number {
  const told = reader.u32();
  return told >>> 30 === IS_ONE_INTERFACE && told !== UNKNOWN_INTERFACE ? told : 0;
}

function expandedInterface(reader: Reader): number {
  const format = reader.u32();
  const value = reader.u32();
  return format === IS_ONE_INTERFACE && value !== UNKNOWN_INTERFACE ? value : 0;
}

/** The first raw header among the records of a sample. */
function readPacket(reader: Reader): SampledPacket | null {
  for (let left = reader.u32(); left > 0 && reader.left > 0; left--) {
    const kind = reader.u32();
    const record = reader.part(reader.u32());
    if (kind !== RAW_HEADER) continue;
    const protocol = record.u32();
    const header = record.skip(8).part(record.u32());
    if (protocol === ETHERNET) return readFrame(header);
    return protocol === IPV4 || protocol === IPV6 ? readIp(header) : null;
  }
  return null;
}
