/** From the values of a record to a record of a flow. */
import { plausible } from './clock.js';
import type { Domain } from './domain.js';
import { ELEMENT } from './elements.js';
import { type FlowRecord, Malformed } from './record.js';
import type { Values } from './template.js';

/** Of the message, on the clocks of the device. */
export interface Header {
  /** Absent in IPFIX. */
  readonly uptimeMs?: number;
  readonly exportMs: number;
  readonly receivedMs: number;
}

type Get = (...elements: (keyof typeof ELEMENT)[]) => number | undefined;

export function flowRecord(values: Values, domain: Domain, header: Header): FlowRecord {
  const { numbers, addresses } = values;
  const get: Get = (...elements) =>
    elements.map((element) => numbers.get(ELEMENT[element])).find((value) => value !== undefined);
  const src = addresses.get(ELEMENT.srcV4) ?? addresses.get(ELEMENT.srcV6) ?? '';
  const dst = addresses.get(ELEMENT.dstV4) ?? addresses.get(ELEMENT.dstV6) ?? '';
  const wall = wallClock(get, domain, header);
  const endMs = wall('end') ?? header.receivedMs;
  const times = plausible(wall('start') ?? endMs, endMs, header.receivedMs);
  return {
    src,
    dst,
    srcPort: below(2 ** 16, get('srcPort')),
    dstPort: below(2 ** 16, get('dstPort')),
    protocol: below(2 ** 8, get('protocol')),
    bytes: below(Number.MAX_SAFE_INTEGER, get('octets', 'postOctets', 'octetTotal')),
    packets: below(Number.MAX_SAFE_INTEGER, get('packets', 'postPackets', 'packetTotal')),
    sampling: domain.samplingOf(values),
    inputInterface: below(2 ** 32, get('input')),
    outputInterface: below(2 ** 32, get('output')),
    direction: DIRECTIONS[get('direction') ?? -1] ?? 'none',
    startMs: times.startMs,
    endMs: times.endMs,
  };
}

const DIRECTIONS: Readonly<Record<number, FlowRecord['direction']>> = { 0: 'ingress', 1: 'egress' };

function below(limit: number, value = 0): number {
  if (value >= limit) throw new Malformed('implausible');
  return value;
}

const UNITS = [
  ['Milliseconds', 1],
  ['Seconds', 1000],
] as const;
/** 64 bits of NTP (RFC 5905): seconds since 1900 and their fraction. */
const NTP_UNITS = ['Microseconds', 'Nanoseconds'] as const;
const NTP_TO_UNIX_S = 2_208_988_800;

/** A time of the record in milliseconds on the analyzer's clock. */
function wallClock(
  get: Get,
  domain: Domain,
  { uptimeMs, exportMs }: Header,
): (which: 'start' | 'end') => number | undefined {
  return (which) => {
    for (const [unit, ms] of UNITS) {
      const told = get(`${which}${unit}`);
      if (told !== undefined) return domain.wall.toWall(told * ms);
    }
    for (const unit of NTP_UNITS) {
      const told = get(`${which}${unit}`);
      if (told !== undefined) return domain.wall.toWall((told / 2 ** 32 - NTP_TO_UNIX_S) * 1000);
    }
    const delta = get(`${which}Delta`);
    if (delta !== undefined) return domain.wall.toWall(exportMs - delta / 1000);
    const uptime = get(`${which}Uptime`);
    if (uptime === undefined) return undefined;
    if (uptimeMs !== undefined) return domain.uptime.toWall(uptimeMs - ((uptimeMs - uptime) >>> 0));
    return domain.bootMs === null ? undefined : domain.wall.toWall(domain.bootMs + uptime);
  };
}
