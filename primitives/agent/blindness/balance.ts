/**
 * One hook's bytes against those of its device. Whatever may make a healthy tap see less is granted to it in full:
 * a late alarm is better than a false one.
 */

/** Counters since any common beginning, read together: the device's first. */
export interface HookSample {
  readonly atMs: number;
  readonly deviceBytes: number;
  readonly devicePackets: number;
  /** Received packets that the device or the kernel gave up before the tap. */
  readonly deviceDropped: number;
  /** What waits behind the tap to be sent. */
  readonly backlogBytes: number;
  readonly tapBytes: number;
  readonly tapPackets: number;
  readonly tapSegments: number;
  readonly unparsed: number;
}

export interface Deficit {
  readonly spanMs: number;
  readonly deviceBytes: number;
  readonly devicePackets: number;
  /** At least so much was not seen. */
  readonly missingBytes: number;
  readonly tapPackets: number;
  readonly unparsed: number;
}

/** A program that takes all is found in the short one, one that takes a fifth in the long one. */
const SPANS_MS = [5000, 30_000] as const;
/** Drivers that ask the card for its counters do so every second or two: what the tap saw until then counts too. */
const COUNTERS_LATE_MS = 2000;
/** Smallest part of the device's bytes that is worth a word, and fewest packets to judge by. */
const LEAST_SHARE = 0.1;
const LEAST_PACKETS = 100;
/** In as many looks, one after the other. */
const LOOKS = 2;
/**
 * Bytes that a device may count and the tap does not. For each segment within a super-packet but the first: the
 * headers of TCP with options in IPv6, in VXLAN over IPv6. For each frame: padding, FCS, two VLAN tags.
 */
const HEADER_BYTES = 160;
const FRAME_BYTES = 24;
const FULL_FRAME_BYTES = 1518;

export class ByteBalance {
  #samples: HookSample[] = [];
  #looks = 0;

  /** Takes a sample; answers what was missing in this and the last look, the most certain of its spans. */
  look(sample: HookSample): Deficit | undefined {
    const last = this.#samples.at(-1);
    // A device that was replaced or reset counts from nothing.
    if (last !== undefined && sample.deviceBytes < last.deviceBytes) this.#samples = [];
    this.#samples.push(sample);
    const oldest = sample.atMs - Math.max(...SPANS_MS) - 2 * COUNTERS_LATE_MS;
    this.#samples = this.#samples.filter(({ atMs }) => atMs >= oldest);
    const found = SPANS_MS.map((span) => this.#deficit(span)).filter((d) => d !== undefined);
    this.#looks = found.length > 0 ? this.#looks + 1 : 0;
    if (this.#looks < LOOKS) return undefined;
    return found.sort((a, b) => share(b) - share(a))[0];
  }

  #deficit(spanMs: number): Deficit | undefined {
    const end = this.#samples.at(-1);
    const start = end && this.#newestUntil(end.atMs - spanMs);
    const earlier = start && this.#newestUntil(start.atMs - COUNTERS_LATE_MS);
    if (!end || !start || !earlier) return undefined;
    const devicePackets = end.devicePackets - start.devicePackets;
    const deviceBytes = end.deviceBytes - start.deviceBytes;
    const missingBytes = Math.round(
      deviceBytes - seen(earlier, end) - excused(start, end, deviceBytes / devicePackets),
    );
    const deficit = {
      spanMs: end.atMs - start.atMs,
      deviceBytes,
      devicePackets,
      missingBytes,
      tapPackets: end.tapPackets - start.tapPackets,
      unparsed: end.unparsed - start.unparsed,
    };
    return devicePackets >= LEAST_PACKETS && share(deficit) >= LEAST_SHARE ? deficit : undefined;
  }

  #newestUntil(atMs: number): HookSample | undefined {
    return this.#samples.findLast((sample) => sample.atMs <= atMs);
  }
}

/** The most that the device may have counted for what the tap saw. */
function seen(from: HookSample, to: HookSample): number {
  const segments = to.tapSegments - from.tapSegments;
  const packets = to.tapPackets - from.tapPackets;
  return to.tapBytes - from.tapBytes + (segments - packets) * HEADER_BYTES + segments * FRAME_BYTES;
}

/** What the tap need not have seen: received and dropped before it, or sent from a queue that it had filled before. */
function excused(from: HookSample, to: HookSample, meanBytes: number): number {
  const dropped = Math.max(0, to.deviceDropped - from.deviceDropped);
  return from.backlogBytes + dropped * Math.max(meanBytes, FULL_FRAME_BYTES);
}

const share = ({ missingBytes, deviceBytes }: Pick<Deficit, 'missingBytes' | 'deviceBytes'>) =>
  missingBytes / Math.max(1, deviceBytes);
