/** What the taps do not see, and who takes it from them. */
import type { Netns } from '../../common/loader/index.js';
import type { DeviceReading } from '../counters/host-counters.js';
import type { AttachedTap } from '../interfaces.js';
import type { Log } from '../log.js';
import { ByteBalance, type Deficit, type HookSample } from './balance.js';
import { type Hook, type Order, orderAt } from './programs-ahead.js';

interface HookCounts {
  readonly packets: bigint;
  readonly segments: bigint;
  readonly bytes: bigint;
  readonly unparsed: bigint;
}

/** What is asked of the monitor. */
export interface TapWitness {
  /** Ids of the two programs. */
  readonly programs: Readonly<Record<Hook, number>>;
  tapCounts(ifindex: number): Readonly<Record<Hook, HookCounts>> | undefined;
}

/** One row of the stream `tap_coverage`, without host and time. */
export interface CoverageRow {
  readonly ifname: string;
  readonly ifindex: number;
  readonly tap_role: string;
  readonly pod: string;
  readonly hook: Hook;
  readonly state: 'missing' | 'ahead' | 'detached';
  readonly ahead: string;
  readonly span_ns: bigint;
  readonly device_bytes: bigint;
  readonly missing_bytes: bigint;
  readonly device_packets: bigint;
  readonly tap_packets: bigint;
  readonly unparsed: bigint;
}

interface Watch {
  readonly tap: AttachedTap;
  readonly hook: Hook;
  readonly balance: ByteBalance;
  order: Order;
  orderReadMs: number;
  said: string;
}

const HOOKS: readonly Hook[] = ['ingress', 'egress'];
const LOOK_EVERY_MS = 900;
/** A program that attaches in front of all others comes in front of the tap too. */
const READ_ORDER_EVERY_MS = 10_000;

export class Blindness {
  #watches: Watch[] = [];
  #lookedMs = 0;

  constructor(
    private readonly host: Netns,
    private readonly witness: TapWitness,
    private readonly log: Pick<Log, 'info' | 'warn'>,
  ) {}

  /** @param reading of the devices, made just now. At most one look a second; answers what was found wrong. */
  async look(taps: readonly AttachedTap[], reading: DeviceReading): Promise<CoverageRow[]> {
    if (reading.atMs - this.#lookedMs < LOOK_EVERY_MS) return [];
    this.#lookedMs = reading.atMs;
    this.#watches = taps.flatMap((tap) => HOOKS.map((hook) => this.#watchOf(tap, hook)));
    const rows: CoverageRow[] = [];
    for (const watch of this.#watches) rows.push(...(await this.#lookAt(watch, reading)));
    return rows;
  }

  /** A tap that was attached anew is another object and begins from nothing. */
  #watchOf(tap: AttachedTap, hook: Hook): Watch {
    const known = this.#watches.find((watch) => watch.tap === tap && watch.hook === hook);
    const order = { attached: true, ahead: [] };
    return known ?? { tap, hook, balance: new ByteBalance(), order, orderReadMs: 0, said: '' };
  }

  async #lookAt(watch: Watch, reading: DeviceReading): Promise<CoverageRow[]> {
    const { tap, hook } = watch;
    const sample = sampleOf(tap, hook, this.witness, reading);
    const deficit = sample && watch.balance.look(sample);
    const due = reading.atMs - watch.orderReadMs >= READ_ORDER_EVERY_MS;
    if (due || deficit !== undefined) {
      watch.orderReadMs = reading.atMs;
      const link = reading.links.find(({ ifindex }) => ifindex === tap.ifindex);
      watch.order = await orderAt(this.host, tap, hook, this.witness.programs[hook], link);
    }
    const { attached, ahead } = watch.order;
    this.#say(watch, deficit);
    if (deficit === undefined && (!due || (attached && ahead.length === 0))) return [];
    return [rowOf(watch, deficit)];
  }

  #say(watch: Watch, deficit: Deficit | undefined): void {
    const text = sentence(watch, deficit);
    if (text === watch.said) return;
    const place = `tap at ${watch.tap.ifname} ${watch.hook}`;
    if (text === '')
      this.log.info(`${place}: nothing is missing and no program runs first any more`);
    else if (deficit === undefined && watch.order.attached) this.log.info(`${place}: ${text}`);
    else this.log.warn(`${place}: ${text}`);
    watch.said = text;
  }
}

/** The same while the same goes on: shares change from look to look. */
function sentence({ order: { attached, ahead } }: Watch, deficit: Deficit | undefined): string {
  if (!attached) return 'its program is gone';
  const first = ahead.length === 0 ? '' : `${ahead.join(', ')} runs first`;
  if (deficit === undefined) return first;
  const who =
    first === '' ? 'no program runs first: its traffic does not come through this hook' : first;
  return `sees clearly less than its device; ${who}`;
}

function sampleOf(
  { ifindex, ifname }: AttachedTap,
  hook: Hook,
  witness: TapWitness,
  { atMs, links, qdiscs }: DeviceReading,
): HookSample | undefined {
  const link = links.find((each) => each.ifindex === ifindex && each.ifname === ifname);
  const tap = witness.tapCounts(ifindex)?.[hook];
  const device = hook === 'ingress' ? link?.stats64?.rx : link?.stats64?.tx;
  if (device === undefined || tap === undefined) return undefined;
  const queued = qdiscs.filter(({ dev }) => hook === 'egress' && dev === ifname);
  return {
    atMs,
    deviceBytes: device['bytes'] ?? 0,
    devicePackets: device['packets'] ?? 0,
    deviceDropped: hook === 'ingress' ? (device['dropped'] ?? 0) : 0,
    backlogBytes: queued.reduce((sum, { backlog }) => sum + (backlog ?? 0), 0),
    tapBytes: Number(tap.bytes),
    tapPackets: Number(tap.packets),
    tapSegments: Number(tap.segments),
    unparsed: Number(tap.unparsed),
  };
}

function rowOf({ tap, hook, order }: Watch, deficit: Deficit | undefined): CoverageRow {
  const { ifname, ifindex, role, pod } = tap;
  return {
    ...{ ifname, ifindex, tap_role: role, pod, hook },
    state: !order.attached ? 'detached' : deficit === undefined ? 'ahead' : 'missing',
    ahead: order.ahead.join(', '),
    span_ns: BigInt(deficit?.spanMs ?? 0) * 1_000_000n,
    device_bytes: BigInt(deficit?.deviceBytes ?? 0),
    missing_bytes: BigInt(deficit?.missingBytes ?? 0),
    device_packets: BigInt(deficit?.devicePackets ?? 0),
    tap_packets: BigInt(deficit?.tapPackets ?? 0),
    unparsed: BigInt(deficit?.unparsed ?? 0),
  };
}
