import type { BpfObject } from '../common/loader/index.js';
import { native } from '../common/native/index.js';
import type { FlowRecord, RecordParts } from './flow-record.js';
import type { FlowTable } from './flow-table.js';
import type { MonitorLayout } from './layout.js';

/** flow_table.h: a set begins with seven slots, a slot is tag << 32 | stamp << 8 | state. */
const WAYS = 7;
const LIVE = 1;
const HELD = 2;
const STAMP_SHIFT = 26n;
const STAMP_NS = 2 ** 26;
const STAMPS = 2 ** 24;
/** So full, with two homes a flow, the table still has a place for 99 in 100. */
const FILL = 0.75;
/** A suspect is let go when no alert has been raised, and it was not armed, for so long. */
const HOLD_NS = 30e9;

/** Sets that hold `flows` flows. */
export const setsFor = (flows: number): number => Math.max(1, Math.ceil(flows / FILL / WAYS));

export const recordsFor = (sets: number): number => sets * WAYS;

/** The mapped arrays of flow_table.h: read in place, without a system call. */
export class SetTable implements FlowTable {
  readonly capacity: number;
  readonly #sets: ArrayBuffer;
  readonly #details: ArrayBuffer;
  readonly #parts: RecordParts;
  /** The sets, as slots; the same in 32-bit halves, the lower one first, is `#parts.flows`. */
  readonly #slots64: BigUint64Array;
  readonly #slots: Uint32Array;
  readonly #setSlots: number;
  readonly #flowsWord: number;
  readonly #flowWords: number;
  readonly #detailsWords: number;
  /** Slots as the scan saw them. */
  readonly #held = new Map<number, number>();
  /** When the last scan began, and the one before it. */
  #stamp: number;
  #before: number;
  #nowNs = native().monotonicNs();

  constructor(object: BpfObject, layout: MonitorLayout) {
    const details = object.map('nv_flow_details');
    this.#sets = native().mapMemory(object.map('nv_flow_sets').fd);
    this.#details = native().mapMemory(details.fd);
    this.#slots = new Uint32Array(this.#sets);
    this.#slots64 = new BigUint64Array(this.#sets);
    this.#parts = { flows: this.#slots, details: new Uint32Array(this.#details) };
    this.#setSlots = Number(object.variable('nv_set_bytes')) / 8;
    this.#flowsWord = Number(object.variable('nv_set_flows_offset')) / 4;
    this.#flowWords = layout.flowBytes / 4;
    this.#detailsWords = layout.detailsBytes / 4;
    this.capacity = details.maxEntries;
    this.#stamp = this.#before = stampNow();
  }

  beginScan(): void {
    this.#before = this.#stamp;
    this.#stamp = stampNow();
    this.#nowNs = native().monotonicNs();
  }

  scan(
    from: number,
    to: number,
    visit: (place: number, used: boolean, idleNs: number) => void,
  ): void {
    // Packets come while a long scan goes on: age is counted from now, use from when the scan before began.
    const now = stampNow();
    const since = (now - this.#before + STAMPS) % STAMPS;
    const slots = this.#slots;
    let slot = this.#slotOf(from);
    for (let place = from, way = from % WAYS; place < to; place++, slot++, way++) {
      if (way === WAYS) {
        way = 0;
        slot += this.#setSlots - WAYS;
      }
      const low = slots[slot * 2] ?? 0;
      if ((low & LIVE) === 0) continue;
      if ((low & HELD) !== 0) this.#letGo(place, now);
      // The kernel's coarse clock may be a tick behind, and a stamp ahead of `now` by one.
      const age = (now + 1 - (low >>> 8) + STAMPS) % STAMPS;
      visit(place, age <= since + 2, age * STAMP_NS);
    }
  }

  read(place: number, into: FlowRecord): boolean {
    const slot = this.#slotOf(place);
    if (((this.#slots[slot * 2] ?? 0) & LIVE) === 0) return false;
    const tag = this.#slots[slot * 2 + 1];
    const flow = this.#flowsWord + (place % WAYS) * this.#flowWords;
    const whole = into.read(
      this.#parts,
      this.#setOf(place) * 2 + flow,
      place * this.#detailsWords,
      this.#nowNs,
    );
    const low = Atomics.load(this.#slots, slot * 2);
    return whole && (low & LIVE) !== 0 && Atomics.load(this.#slots, slot * 2 + 1) === tag;
  }

  remove(place: number): boolean {
    const slot = this.#slotOf(place);
    const seen = Atomics.load(this.#slots64, slot);
    const age = (stampNow() - (Number(seen & 0xffffffffn) >>> 8) + STAMPS) % STAMPS;
    if (age <= 1 || age >= STAMPS / 2) return false;
    if (Atomics.compareExchange(this.#slots64, slot, seen, 0n) !== seen) return false;
    this.#held.delete(place);
    return true;
  }

  close(): void {
    native().memoryRelease(this.#sets);
    native().memoryRelease(this.#details);
  }

  /** The kernel holds it again at the next alert, and while it is armed. */
  #letGo(place: number, now: number): void {
    const since = this.#held.get(place) ?? now;
    this.#held.set(place, since);
    if (((now - since + STAMPS) % STAMPS) * STAMP_NS < HOLD_NS) return;
    this.#held.delete(place);
    const slot = this.#slotOf(place);
    const seen = Atomics.load(this.#slots64, slot);
    Atomics.compareExchange(this.#slots64, slot, seen, seen & ~BigInt(HELD));
  }

  /** First slot of the place's set. */
  #setOf(place: number): number {
    return Math.floor(place / WAYS) * this.#setSlots;
  }

  #slotOf(place: number): number {
    return this.#setOf(place) + (place % WAYS);
  }
}

const stampNow = (): number => Number(native().monotonicNs() >> STAMP_SHIFT) % STAMPS;
