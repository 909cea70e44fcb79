import { fstatSync, statSync } from 'node:fs';
import { endianness } from 'node:os';
import { NetverdictError } from '../common/errors/index.js';
import { type BpfObject, perCpuSums } from '../common/loader/index.js';
import { type Fd, native } from '../common/native/index.js';
import { TAP_ROLES } from '../common/schema/streams.js';

/** What `struct nv_tap` says of an interface. */
export interface SlotTap {
  /** Namespace of the interface; -1 for the caller's. */
  readonly netnsFd: Fd;
  readonly ifindex: number;
  readonly ifname: string;
  readonly role: 'pod' | 'uplink';
}

/** What a program ran for at one hook since the object was loaded; a super-packet is one packet. */
export interface HookCounts {
  readonly packets: bigint;
  /** Super-packets as the segments that they stand for. */
  readonly segments: bigint;
  /** Link headers included, those of a super-packet once. */
  readonly bytes: bigint;
  /** Packets that belong to no flow. */
  readonly unparsed: bigint;
}

export interface TapCounts {
  readonly ingress: HookCounts;
  readonly egress: HookCounts;
}

const ENTRY_BYTES = 16;
const COUNTERS_PER_HOOK = 4;
const LITTLE_ENDIAN = endianness() === 'LE';

/** The map `nv_taps` (tap.h): each tap in one of the few slots that its interface index leads to. */
export class TapSlots {
  /** Slot → interface. */
  readonly #taken = new Map<number, SlotTap>();

  private constructor(
    private readonly maps: { readonly taps: Fd; readonly counts: Fd },
    private readonly slots: number,
    private readonly probes: number,
  ) {}

  /** @param object the loaded monitor. */
  static of(object: BpfObject): TapSlots {
    const maps = { taps: object.map('nv_taps').fd, counts: object.map('nv_tap_counts').fd };
    const [slots, probes] = ['nv_tap_slots', 'nv_tap_probes'].map((n) =>
      Number(object.variable(n)),
    );
    return new TapSlots(maps, slots ?? 0, probes ?? 0);
  }

  /** Fails with NV_ATTACH_FAILED when every slot that the interface may have is another's. */
  reserve(tap: SlotTap): void {
    const candidates = this.#candidates(tap.ifindex);
    const slot = this.#slotOf(tap.ifindex) ?? candidates.find((each) => !this.#taken.has(each));
    if (slot !== undefined) {
      this.#taken.set(slot, tap);
      return;
    }
    const holders = candidates.map((each) => this.#taken.get(each)).filter((t) => t !== undefined);
    throw new NetverdictError(
      'NV_ATTACH_FAILED',
      `no room for a tap at "${tap.ifname}" (index ${tap.ifindex}): its ${this.probes} slots are those of ` +
        holders.map(({ ifname, ifindex }) => `"${ifname}" (${ifindex})`).join(', '),
    );
  }

  /** The programs see packets of the interface from now on. */
  open(ifindex: number): void {
    const slot = this.#slotOf(ifindex);
    const tap = slot === undefined ? undefined : this.#taken.get(slot);
    if (slot === undefined || tap === undefined) return;
    const entry = entryOf(tap);
    // The index last: a program that finds it must not read the rest of the slot's former tap.
    this.#write(slot, withIndex(entry, 0));
    this.#write(slot, entry);
  }

  release(ifindex: number): void {
    const slot = this.#slotOf(ifindex);
    if (slot === undefined) return;
    this.#taken.delete(slot);
    this.#write(slot, new Uint8Array(ENTRY_BYTES));
  }

  /** Undefined for an interface without a slot. */
  counts(ifindex: number): TapCounts | undefined {
    const slot = this.#slotOf(ifindex);
    if (slot === undefined) return undefined;
    const sums = perCpuSums(this.maps.counts, slot, 2 * COUNTERS_PER_HOOK);
    return {
      ingress: hookCounts(sums.slice(0, COUNTERS_PER_HOOK)),
      egress: hookCounts(sums.slice(COUNTERS_PER_HOOK)),
    };
  }

  #candidates(ifindex: number): number[] {
    return Array.from({ length: this.probes }, (_, probe) => (ifindex + probe) % this.slots);
  }

  #slotOf(ifindex: number): number | undefined {
    return this.#candidates(ifindex).find((slot) => this.#taken.get(slot)?.ifindex === ifindex);
  }

  #write(slot: number, entry: Uint8Array): void {
    native().mapUpdate(this.maps.taps, new Uint8Array(Uint32Array.of(slot).buffer), entry);
  }
}

/** `struct nv_tap`. */
function entryOf({ netnsFd, ifindex, role }: SlotTap): Uint8Array {
  const entry = new Uint8Array(ENTRY_BYTES);
  const view = new DataView(entry.buffer);
  const netns = netnsFd < 0 ? statSync('/proc/self/ns/net') : fstatSync(netnsFd);
  view.setUint32(0, ifindex, LITTLE_ENDIAN);
  view.setUint32(4, role === 'uplink' ? 0 : ifindex, LITTLE_ENDIAN);
  view.setUint32(8, netns.ino, LITTLE_ENDIAN);
  view.setUint8(12, TAP_ROLES.indexOf(role));
  return entry;
}

function withIndex(entry: Uint8Array, ifindex: number): Uint8Array {
  const changed = entry.slice();
  new DataView(changed.buffer).setUint32(0, ifindex, LITTLE_ENDIAN);
  return changed;
}

const hookCounts = ([
  packets = 0n,
  segments = 0n,
  bytes = 0n,
  unparsed = 0n,
]: bigint[]): HookCounts => ({
  packets,
  segments,
  bytes,
  unparsed,
});
