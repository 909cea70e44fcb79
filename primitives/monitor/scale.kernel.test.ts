/** A million flows: about four gigabytes, and a quarter of a minute. */
import { freemem } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { FLAGS, tcpFrame, udpFrame } from '../common/bpf/fixture/frames.js';
import { native } from '../common/native/index.js';
import type { Column, ColumnBatch } from '../common/schema/columns.js';
import { Bench } from './fixture/bench.js';

const FLOWS = 1_000_000;
const MORE = 400_000;
const SUSPECTS = 100;
const NEEDED_BYTES = 5e9;
const TIMEOUT_MS = 120_000;
const BATCH_ROWS = 4096;

/** Of the n-th flow: 32768 ports of one address, then the next. */
const PORTS = 32_768;
const AT = { src: 28, srcPort: 34 };

let bench: Bench;
afterEach(() => bench.close());

/** UDP datagrams of distinct flows; nothing is awaited of such a flow, so it moves in one sweep only. */
class Sender {
  readonly #frame = udpFrame('10.1.0.0', '10.0.0.2', PORTS, 9000, Buffer.alloc(10));
  readonly #program = bench.object.program('nv_tap_ingress').fd;

  send(from: number, to: number): void {
    for (let n = from; n < to; n++) {
      this.#frame.writeUInt16BE(Math.floor(n / PORTS), AT.src);
      this.#frame.writeUInt16BE(PORTS + (n % PORTS), AT.srcPort);
      native().programTestRun(this.#program, this.#frame, 1);
    }
  }
}

/** What a sweep told of each flow. */
class Census {
  readonly rows = new Uint8Array(FLOWS);
  readonly batches: number[] = [];
  suspects = 0;
  wrong = 0;

  take(batch: ColumnBatch): void {
    this.batches.push(batch.length);
    const column = <T extends Column>(name: string): T => batch.columns[name] as T;
    const [src, port, protocol, packets] = [
      column<string[]>('src'),
      column<Uint16Array>('src_port'),
      column<Uint8Array>('protocol'),
      column<Uint32Array>('packets'),
    ];
    for (let row = 0; row < batch.length; row++) {
      if (protocol[row] === 6) this.suspects++;
      else this.#count(src[row] ?? '', port[row] ?? 0, packets[row] ?? 0);
    }
  }

  /** Flows that have had so many rows. */
  seen(times: number): number {
    return this.rows.reduce((sum, rows) => sum + Number(rows === times), 0);
  }

  #count(src: string, port: number, packets: number): void {
    const [, , high = 0, low = 0] = src.split('.').map(Number);
    const flow = (high * 256 + low) * PORTS + port - PORTS;
    this.rows[flow] = (this.rows[flow] ?? 0) + 1;
    if (packets !== 1) this.wrong++;
  }
}

function sweep(): Census {
  const census = new Census();
  for (const batch of bench.batches()) census.take(batch);
  return census;
}

const evicted = (): number =>
  bench
    .losses()
    .filter(({ place, reason }) => place === 'map nv_flows' && reason === 'evicted')
    .reduce((sum, { records }) => sum + records, 0);

describe('a million flows', () => {
  it.skipIf(freemem() < NEEDED_BYTES)(
    'are kept, swept once each in small batches, and counted when they are too many',
    () => {
      bench = new Bench('set_associative', FLOWS);
      for (let n = 0; n < SUSPECTS; n++) suspect(n);
      const sender = new Sender();
      sender.send(0, FLOWS);

      const first = sweep();
      const lost = evicted();
      expect(first.seen(1) + lost).toBe(FLOWS);
      expect(lost / FLOWS).toBeLessThan(0.02);
      expect(first.seen(0)).toBe(lost);
      expect(first.suspects).toBe(SUSPECTS);
      expect(first.wrong).toBe(0);
      expect(Math.max(...first.batches)).toBeLessThanOrEqual(BATCH_ROWS);
      expect(first.batches.length).toBeGreaterThan(FLOWS / BATCH_ROWS);

      expect(sweep().seen(0)).toBe(FLOWS);

      sender.send(FLOWS, FLOWS + MORE);
      const pushedOut = evicted();
      const kept = bench.kept();
      expect(kept).toBe(SUSPECTS + FLOWS + MORE - lost - pushedOut);
      expect(pushedOut).toBeGreaterThan(FLOWS + MORE - bench.capacity);
      // The oldest of all, and still there.
      for (let n = 0; n < SUSPECTS; n++) suspect(n);
      expect(evicted()).toBe(0);
      expect(bench.kept()).toBe(kept);
    },
    TIMEOUT_MS,
  );
});

describe('more than there is room for', () => {
  it('is counted when every flow of a set is held', () => {
    bench = new Bench('set_associative', 5);
    for (let n = 0; n < bench.capacity; n++) suspect(n);
    expect(bench.losses()).toEqual([]);
    new Sender().send(0, 3);
    expect(bench.losses()).toMatchObject([{ place: 'map nv_flows', reason: 'full', records: 3 }]);
    expect(bench.kept()).toBe(bench.capacity);
  });

  it('is counted when nobody hears the alerts', () => {
    bench = new Bench('set_associative', 2000);
    for (let n = 0; n < 1000; n++) suspect(n);
    const [lost] = bench.losses();
    expect(lost).toMatchObject({ place: 'ring alerts', reason: 'full' });
    expect(bench.alerts().length + (lost?.records ?? 0)).toBe(1000);
  });
});

/** A connection of its own whose SYN is repeated, which is an alert at once. */
function suspect(n: number): void {
  const client = { src: '10.200.0.1', srcPort: 30_000 + n };
  const syn = tcpFrame({ ...client, dst: '10.0.0.2', dstPort: 80, seq: 0, flags: FLAGS.syn });
  bench.run(syn);
  bench.run(syn);
}
