import { fstatSync, statSync } from 'node:fs';
import { endianness } from 'node:os';
import { attachTap, type TapLink } from '../common/loader/index.js';
import { type Fd, native } from '../common/native/index.js';
import { TAP_ROLES } from '../common/schema/streams.js';

export interface TapOptions {
  /** Namespace of the interface; -1 for the caller's. */
  readonly netnsFd: Fd;
  readonly ifindex: number;
  readonly ifname: string;
  readonly role: 'pod' | 'uplink';
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
const LITTLE_ENDIAN = endianness() === 'LE';

/** The interfaces that carry the two programs, and their entries in the map `nv_taps`. */
export class Taps {
  readonly #attached = new Map<number, Attached>();
  /** Pod taps, until the flows of a detached one have been swept. */
  readonly #known = new Map<number, TapIdentity>();
  readonly #detached = new Set<number>();

  constructor(
    private readonly map: Fd,
    private readonly programs: { readonly ingress: Fd; readonly egress: Fd },
  ) {}

  attach(options: TapOptions): TapLink['method'] {
    const { netnsFd, ifindex, ifname, role, pod } = options;
    if (this.#attached.has(ifindex)) this.detach(ifindex);
    const link = attachTap({
      netns: netnsFd,
      ifindex,
      ifname,
      ingressProgram: this.programs.ingress,
      egressProgram: this.programs.egress,
    });
    this.#attached.set(ifindex, { options, link });
    this.#detached.delete(ifindex);
    if (role === 'pod') this.#known.set(ifindex, { ifname, role, pod, ifindex });
    // Last: a program without its entry counts nothing, so that no flow is seen in one direction only.
    native().mapUpdate(this.map, keyOf(ifindex), entryOf(options));
    return link.method;
  }

  detach(ifindex: number): void {
    const tap = this.#attached.get(ifindex);
    if (tap === undefined) return;
    this.#attached.delete(ifindex);
    native().mapDelete(this.map, keyOf(ifindex));
    if (tap.options.role === 'pod') this.#detached.add(ifindex);
    tap.link.close();
  }

  detachAll(): void {
    for (const ifindex of [...this.#attached.keys()]) this.detach(ifindex);
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

  get anyDetached(): boolean {
    return this.#detached.size > 0;
  }

  /** The flows of detached taps have been swept for the last time. */
  forgetDetached(): void {
    for (const id of this.#detached) this.#known.delete(id);
    this.#detached.clear();
  }
}

export const keyOf = (ifindex: number): Uint8Array =>
  new Uint8Array(Uint32Array.of(ifindex).buffer);

/** `struct nv_tap`. */
export function entryOf({ netnsFd, ifindex, role }: TapOptions): Uint8Array {
  const entry = new Uint8Array(12);
  const view = new DataView(entry.buffer);
  const netns = netnsFd < 0 ? statSync('/proc/self/ns/net') : fstatSync(netnsFd);
  view.setUint32(0, role === 'uplink' ? 0 : ifindex, LITTLE_ENDIAN);
  view.setUint32(4, netns.ino, LITTLE_ENDIAN);
  view.setUint8(8, TAP_ROLES.indexOf(role));
  return entry;
}
