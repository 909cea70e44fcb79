/** NetFlow version 5: a fixed layout. */
import { plausible } from './clock.js';
import type { Decoded, Session } from './decoder.js';
import type { Reader } from './reader.js';
import type { FlowRecord } from './record.js';

const RECORD_BYTES = 48;
/** The two highest bits of the header's field are the mode. */
const SAMPLING_INTERVAL = 0x3fff;

export function decodeNetflow5(reader: Reader, session: Session): Decoded {
  const count = reader.u16();
  const uptimeMs = reader.u32();
  reader.skip(8);
  const sequence = reader.u32();
  const engine = reader.u16();
  const sampling = Math.max(1, reader.u16() & SAMPLING_INTERVAL);
  const domain = session.domain('netflow5', engine);
  const body = reader.part(count * RECORD_BYTES);
  domain.uptime.observe(uptimeMs, session.receivedMs);
  domain.missing += domain.sequence.take(sequence, count);
  const wallMs = (atMs: number): number =>
    domain.uptime.toWall(uptimeMs - ((uptimeMs - atMs) >>> 0));
  const records = Array.from({ length: count }, () =>
    readRecord(body.part(RECORD_BYTES), sampling, session.receivedMs, wallMs),
  );
  return { domain: engine, exporter: domain.exporter, format: 'netflow5', records, refusals: [] };
}

function readRecord(
  reader: Reader,
  sampling: number,
  receivedMs: number,
  wallMs: (uptimeMs: number) => number,
): FlowRecord {
  const src = reader.address(4);
  const dst = reader.address(4);
  const inputInterface = reader.skip(4).u16();
  const outputInterface = reader.u16();
  const packets = reader.u32();
  const bytes = reader.u32();
  const startMs = wallMs(reader.u32());
  const endMs = wallMs(reader.u32());
  const srcPort = reader.u16();
  const dstPort = reader.u16();
  const protocol = reader.skip(2).u8();
  const times = plausible(startMs, endMs, receivedMs);
  return {
    src,
    dst,
    srcPort,
    dstPort,
    protocol,
    bytes,
    packets,
    sampling,
    inputInterface,
    outputInterface,
    direction: 'none',
    startMs: times.startMs,
    endMs: times.endMs,
  };
}
