/** Export datagrams as devices send them, for tests. */
import { addressBytes } from '../../primitives/common/schema/address.js';

type Part = Buffer | readonly Part[];

const u = (bytes: number, value: number | bigint): Buffer => {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64BE(BigInt(value));
  return buffer.subarray(8 - bytes);
};
export const u8 = (value: number): Buffer => u(1, value);
export const u16 = (value: number): Buffer => u(2, value);
export const u32 = (value: number): Buffer => u(4, value);
const u64 = (value: number | bigint): Buffer => u(8, value);
const v4 = (text: string): Buffer => Buffer.from(addressBytes(text).subarray(12));
export const v6 = (text: string): Buffer => Buffer.from(addressBytes(text));
export const zeros = (bytes: number): Buffer => Buffer.alloc(bytes);

const bytesOf = (...parts: readonly Part[]): Buffer =>
  Buffer.concat(parts.map((part) => (Buffer.isBuffer(part) ? part : bytesOf(...part))));

/** An underlay flow of the tests: VXLAN between two hosts. */
export const FLOW = {
  ...{ src: '192.0.2.1', dst: '192.0.2.2', src_port: 50001, dst_port: 8472, protocol: 17 },
};
const PORTS = [u16(FLOW.src_port), u16(FLOW.dst_port)];
const ENDS = [v4(FLOW.src), v4(FLOW.dst)];

export const UPTIME_MS = 100_000;
const EXPORT_S = 1_700_000_000;

export const netflow5 = (sequence = 0, records = 1, sampling = 0): Buffer =>
  bytesOf(
    [u16(5), u16(records), u32(UPTIME_MS), u32(EXPORT_S), u32(0), u32(sequence)],
    [u8(0), u8(3), u16(0x4000 | sampling)],
    Array.from({ length: records }, () => [
      [ENDS, zeros(4), u16(11), u16(12), u32(7), u32(7000)],
      [u32(UPTIME_MS - 3000), u32(UPTIME_MS - 1000), PORTS],
      [zeros(1), u8(0), u8(FLOW.protocol), zeros(9)],
    ]),
  );

const set = (id: number, ...parts: readonly Part[]): Buffer => {
  const body = bytesOf(...parts);
  return bytesOf(u16(id), u16(body.length + 4), body);
};
export const dataSet = set;

export type Field = readonly [element: number, length: number, enterprise?: number];

export const fields = (...given: readonly Field[]): Buffer =>
  bytesOf(
    ...given.map(([element, length, enterprise]) =>
      enterprise === undefined
        ? [u16(element), u16(length)]
        : [u16(element | 0x8000), u16(length), u32(enterprise)],
    ),
  );

/** Source, destination, ports, protocol, bytes, packets, interfaces. */
const BASIC: readonly Field[] = [
  ...[[8, 4] as const, [12, 4] as const, [7, 2] as const, [11, 2] as const, [4, 1] as const],
  ...[[1, 4] as const, [2, 4] as const, [10, 2] as const, [14, 2] as const],
];
const BASIC_VALUES = [ENDS, PORTS, u8(FLOW.protocol), u32(7000), u32(7), u16(11), u16(12)];

export const netflow9 = (sequence: number, domain: number, ...sets: readonly Buffer[]): Buffer =>
  bytesOf(
    [u16(9), u16(sets.length), u32(UPTIME_MS), u32(EXPORT_S), u32(sequence), u32(domain)],
    sets,
  );

/** Times since the start of the device. */
const V9_FIELDS = [...BASIC, [22, 4] as const, [21, 4] as const];
export const V9_TEMPLATE = set(0, u16(256), u16(V9_FIELDS.length), fields(...V9_FIELDS));
export const V9_DATA = set(
  256,
  BASIC_VALUES,
  u32(UPTIME_MS - 3000),
  u32(UPTIME_MS - 1000),
  zeros(3),
);
/** The scope is the system, the only option its sampling interval. */
export const V9_OPTIONS_TEMPLATE = set(
  1,
  u16(257),
  u16(4),
  u16(4),
  fields([1, 4], [34, 4]),
  zeros(2),
);
export const v9Sampling = (rate: number): Buffer => set(257, u32(1), u32(rate));

export const ipfix = (sequence: number, domain: number, ...sets: readonly Buffer[]): Buffer => {
  const body = bytesOf(...sets);
  return bytesOf([u16(10), u16(body.length + 16), u32(EXPORT_S), u32(sequence), u32(domain)], body);
};

const IPFIX_FIELDS: readonly Field[] = [
  ...BASIC,
  ...[[100, 4, 9] as const, [82, 65535] as const, [96, 65535] as const, [61, 1] as const],
  ...[[152, 8] as const, [153, 8] as const, [302, 1] as const],
];
export const IPFIX_TEMPLATE = set(2, u16(300), u16(IPFIX_FIELDS.length), fields(...IPFIX_FIELDS));
const IPFIX_RECORD = bytesOf(
  [BASIC_VALUES, u32(0xdeadbeef), u8(3), Buffer.from('eth'), u8(255), u16(300), zeros(300)],
  [u8(1), u64((EXPORT_S - 3) * 1000), u64((EXPORT_S - 1) * 1000), u8(5)],
);
export const IPFIX_DATA = set(300, IPFIX_RECORD);
/** One packet taken, 99 left, by the selector 5. */
export const IPFIX_OPTIONS = [
  set(3, u16(301), u16(3), u16(1), fields([302, 4], [305, 4], [306, 4])),
  set(301, u32(5), u32(1), u32(99)),
];

export const frame = (...ip: readonly Part[]): Buffer => bytesOf(zeros(12), ...ip);
export const V4_FRAME = frame(
  [u16(0x8100), u16(7), u16(0x0800), u8(0x45), zeros(1), u16(1000), zeros(5)],
  [u8(17), zeros(2), ENDS, PORTS],
);

const flowSample = (isExpanded: boolean, header: Buffer): Part => {
  const padded = bytesOf(header, zeros((4 - (header.length % 4)) % 4));
  const raw = [u32(1), u32(1018), u32(4), u32(header.length), padded];
  const interfaces = isExpanded ? [u32(0), u32(11), u32(0), u32(12)] : [u32(11), u32(12)];
  const body = bytesOf(
    [u32(1), isExpanded ? zeros(8) : zeros(4), u32(512), u32(0), u32(0), interfaces, u32(2)],
    [u32(1001), u32(4), zeros(4)],
    [u32(1), u32(bytesOf(...raw).length), raw],
  );
  return [u32(isExpanded ? 3 : 1), u32(body.length), body];
};

/** A sample of counters, then one of a packet. */
export const sflow5 = (sequence: number, header = V4_FRAME, isExpanded = false): Buffer =>
  bytesOf(
    [u32(5), u32(1), v4('198.51.100.7'), u32(2), u32(sequence), u32(0), u32(2)],
    [u32(2), u32(8), zeros(8)],
    flowSample(isExpanded, header),
  );
