import { attachTap, type TapLink } from '../common/loader/index.js';
import type { Fd } from '../common/native/index.js';
import type { SlotTap, TapCounts, TapSlots } from './tap-slots.js';

export interface TapOptions extends SlotTap {
  /** Pod behind the interface; empty at an uplink. */
  readonly pod: string;
}

/** What a record says of the tap that it comes from. */
export interface TapIdentity {
  readonly ifname: string;
  readonly role: 'pod' | 'uplink';
  readonly pod: string;
  readonly ifindex: number;
}

interface Attached {
  readonly options: TapOptions;
  readonly link: TapLink;
}

const UPLINKS: TapIdentity = { ifname: '', role: 'uplink', pod: '', ifindex: 0 };

/** The interfaces that carry the two programs, and their slots in the maps. */
export class Taps {
  readonly #attached = new Map<number, Attached>();
  /** Pod taps, until the flows of a detached one have been swept. */
  readonly #known = new Map<number, TapIdentity>();
  readonly #detached = new Set<number>();

  constructor(
    private readonly slots: TapSlots,
    private readonly programs: { readonly ingress: Fd; readonly egress: Fd },
  ) {}

  attach(options: TapOptions): TapLink['method'] {
    const { ifindex, ifname, role, pod } = options;
    if (this.#attached.has(ifindex)) this.detach(ifindex);
    this.slots.reserve(options);
    const link = this.#link(options);
    this.#attached.set(ifindex, { options, link });
    this.#detached.delete(ifindex);
    if (role === 'pod') this.#known.set(ifindex, { ifname, role, pod, ifindex });
    // Last: a program without its slot counts nothing, so that no flow is seen in one direction only.
    this.slots.open(ifindex);
    return link.method;
  }

  detach(ifindex: number): void {
    const tap = this.#attached.get(ifindex);
    if (tap === undefined) return;
    this.#attached.delete(ifindex);
    this.slots.release(ifindex);
    if (tap.options.role === 'pod') this.#detached.add(ifindex);
    tap.link.close();
  }

  detachAll(): void {
    for (const ifindex of [...this.#attached.keys()]) this.detach(ifindex);
  }

  /** What the programs ran for at an attached interface. */
  counts(ifindex: number): TapCounts | undefined {
    return this.#attached.has(ifindex) ? this.slots.counts(ifindex) : undefined;
  }

  /** By the tap id of a flow's key; undefined for a tap that is long gone. */
  identity(id: number): TapIdentity | undefined {
    return id === 0 ? UPLINKS : this.#known.get(id);
  }

  ifname(ifindex: number): string {
    return this.#attached.get(ifindex)?.options.ifname ?? this.#known.get(ifindex)?.ifname ?? '';
  }

  isDetached(id: number): boolean {
    return this.#detached.has(id);
  }

  /** Their flows are to be swept for the last time. */
  get detached(): number[] {
    return [...this.#detached];
  }

  /** That has been done. */
  forget(detached: readonly number[]): void {
    for (const id of detached) {
      // It may have been attached again meanwhile.
      if (this.#detached.delete(id)) this.#known.delete(id);
    }
  }

  #link({ netnsFd, ifindex, ifname }: TapOptions): TapLink {
    try {
      return attachTap({
        netns: netnsFd,
        ifindex,
        ifname,
        ingressProgram: this.programs.ingress,
        egressProgram: this.programs.egress,
      });
    } catch (error) {
      this.slots.release(ifindex);
      throw error;
    }
  }
}
