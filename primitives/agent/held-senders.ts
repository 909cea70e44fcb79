import { batchFromRows, type ColumnBatch, type Row } from '../common/schema/columns.js';
import { decodeRecords } from '../common/schema/decode.js';
import { likelihoodThreshold } from '../monitor/index.js';
import { HeldTest } from './held-test.js';

/** Of a pod's flow in one sweep. Whoever sends less is held by no buffer worth the name. */
const BULK_BYTES = 65_536n;
/** A look costs as much as there are open sockets: there are none on a host whose pods only chat. */
const LOOK_FOR_NS = 5_000_000_000n;
/** What was not told of at the last look had not been held by then, if that was so lately. */
const LATELY_NS = 1_500_000_000n;
/** Of a socket that is told of no more. */
const FORGET_NS = 120_000_000_000n;
const RAISE_EVERY_NS = 2_000_000_000n;
const DAY_S = 86_400;
const SWEEPS_PER_DAY = 2 * DAY_S;

const KINDS = { send_buffer: 'sndbuf_limited_us', receive_window: 'rwnd_limited_us' } as const;
type Kind = keyof typeof KINDS;

interface Socket {
  seenNs: bigint;
  busyUs: number;
  readonly tests: Readonly<Record<Kind, HeldTest>>;
}

export interface HeldSendersOptions {
  readonly host: string;
  readonly falseAlarmsPerDay: number;
}

/**
 * Senders that their send buffer or the window of their peer holds, by TCP's own account: rows of `socket_time`, and
 * alerts when a socket's share of held time leaves what is usual of it.
 */
export class HeldSenders {
  readonly #sockets = new Map<string, Socket>();
  #untilNs = 0n;
  #lookedNs = 0n;

  constructor(private readonly options: HeldSendersOptions) {}

  /** Hears of every batch of a sweep. */
  heed({ stream, length, columns }: ColumnBatch, nowNs: bigint): void {
    if (stream !== 'flow_interval') return;
    const bytes = columns['payload_bytes'] as BigUint64Array;
    const roles = columns['tap_role'] as readonly string[];
    for (let row = 0; row < length; row++)
      if ((bytes[row] ?? 0n) >= BULK_BYTES && roles[row] === 'pod') {
        this.#untilNs = nowNs + LOOK_FOR_NS;
        return;
      }
  }

  /** Takes the C records of a look, which are asked for only while some pod sends much. */
  *look(ask: () => Iterable<Uint8Array>, nowNs: bigint): Generator<ColumnBatch> {
    if (nowNs > this.#untilNs) return;
    const alerts: Row[] = [];
    for (const records of ask()) {
      const batch = decodeRecords('socket_time', records, { host: this.options.host });
      yield batch;
      for (let row = 0; row < batch.length; row++) alerts.push(...this.#judge(batch, row, nowNs));
    }
    this.#lookedNs = nowNs;
    for (const [key, { seenNs }] of this.#sockets)
      if (nowNs - seenNs > FORGET_NS) this.#sockets.delete(key);
    yield batchFromRows('alert', alerts);
  }

  #judge({ columns }: ColumnBatch, row: number, nowNs: bigint): Row[] {
    const at = (name: string): number => Number(columns[name]?.[row] ?? 0);
    const key = ['netns', 'src', 'src_port', 'dst', 'dst_port']
      .map((name) => columns[name]?.[row])
      .join(' ');
    const busyUs = at('busy_us');
    let socket = this.#sockets.get(key);
    // Processes that share a socket each tell of it; a port may come back with another connection.
    if (socket?.seenNs === nowNs) return [];
    if (socket === undefined || busyUs < socket.busyUs) {
      socket = this.#meet(busyUs, nowNs);
      this.#sockets.set(key, socket);
    }
    const grownUs = busyUs - socket.busyUs;
    socket.seenNs = nowNs;
    socket.busyUs = busyUs;
    const threshold = likelihoodThreshold(this.#run);
    return (Object.keys(KINDS) as Kind[]).flatMap((kind) => {
      const test = socket.tests[kind];
      const starved = kind === 'send_buffer' && isStarved(at);
      test.observe(
        { heldUs: at(KINDS[kind]), busyUs: grownUs, rttUs: at('srtt_us'), starved },
        threshold,
        nowNs,
      );
      if (!test.isDue(threshold, nowNs, RAISE_EVERY_NS)) return [];
      return [{ ...this.#alert(kind, test, nowNs), ...identityOf(columns, row) }];
    });
  }

  #meet(busyUs: number, nowNs: bigint): Socket {
    const sinceNs = nowNs - this.#lookedNs;
    const newUs = sinceNs < LATELY_NS ? Math.min(busyUs, Number(sinceNs) / 1000) : 0;
    const free = (): HeldTest => new HeldTest(busyUs - newUs, newUs === 0);
    const tests = { send_buffer: free(), receive_window: free() };
    return { seenNs: 0n, busyUs: busyUs - newUs, tests };
  }

  /** Observations between two false alarms of one test, each with an equal share of those wanted (Bonferroni). */
  get #run(): number {
    const tests = Math.max(1, this.#sockets.size) * Object.keys(KINDS).length;
    return (tests * SWEEPS_PER_DAY) / this.options.falseAlarmsPerDay;
  }

  #alert(kind: Kind, { begunNs, share, tolerated }: HeldTest, nowNs: bigint): Row {
    return {
      host: this.options.host,
      source: 'pull',
      begun_ns: begunNs,
      of_service: 0,
      time_ns: nowNs,
      observed: BigInt(Math.round(1000 * share)),
      threshold: BigInt(Math.round(1000 * tolerated)),
      kind,
      tap_role: 'none',
      ifindex: 0,
    };
  }
}

/** All is sent, the congestion window has room, and a writer waits: TCP's own account may miss it. */
const isStarved = (at: (name: string) => number): boolean =>
  at('writer_waits') === 1 &&
  at('unsent_bytes') === 0 &&
  at('write_queue_bytes') > 0 &&
  at('packets_out') < at('snd_cwnd');

const IDENTITY = ['src', 'dst', 'src_port', 'dst_port', 'protocol'] as const;

const identityOf = (columns: ColumnBatch['columns'], row: number): Row =>
  Object.fromEntries(IDENTITY.map((name) => [name, columns[name]?.[row] ?? '']));
