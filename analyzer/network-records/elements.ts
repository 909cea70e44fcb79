/**
 * Information elements that are read (IANA registry of IPFIX; NetFlow v9 uses the same numbers below 128). All others
 * are skipped by their length.
 */
export const ELEMENT = {
  octets: 1,
  packets: 2,
  protocol: 4,
  srcPort: 7,
  srcV4: 8,
  input: 10,
  dstPort: 11,
  dstV4: 12,
  output: 14,
  endUptime: 21,
  startUptime: 22,
  postOctets: 23,
  postPackets: 24,
  srcV6: 27,
  dstV6: 28,
  samplingInterval: 34,
  samplerId: 48,
  samplerRandomInterval: 50,
  direction: 61,
  octetTotal: 85,
  packetTotal: 86,
  startSeconds: 150,
  endSeconds: 151,
  startMilliseconds: 152,
  endMilliseconds: 153,
  startMicroseconds: 154,
  endMicroseconds: 155,
  startNanoseconds: 156,
  endNanoseconds: 157,
  startDelta: 158,
  endDelta: 159,
  bootMilliseconds: 160,
  selectorId: 302,
  samplingPacketInterval: 305,
  samplingPacketSpace: 306,
  samplingSize: 309,
  samplingPopulation: 310,
  samplingProbability: 311,
} as const;

const WANTED: ReadonlySet<number> = new Set(Object.values(ELEMENT));

/** In place of an element that is not read. */
export const SKIPPED = 0;

export const wanted = (element: number): number => (WANTED.has(element) ? element : SKIPPED);

const V4: ReadonlySet<number> = new Set([ELEMENT.srcV4, ELEMENT.dstV4]);
const V6: ReadonlySet<number> = new Set([ELEMENT.srcV6, ELEMENT.dstV6]);

/** 4 or 16 for addresses, undefined for numbers. */
export const addressLength = (element: number): 4 | 16 | undefined =>
  V4.has(element) ? 4 : V6.has(element) ? 16 : undefined;

export const isFloat = (element: number): boolean => element === ELEMENT.samplingProbability;

/** Whether an element can have that length: numbers may be sent in fewer bytes than they have (RFC 7011, 6.2). */
export function fits(element: number, length: number): boolean {
  if (element === SKIPPED) return true;
  if (isFloat(element)) return length === 4 || length === 8;
  const address = addressLength(element);
  return address === undefined ? length >= 1 && length <= 8 : length === address;
}
