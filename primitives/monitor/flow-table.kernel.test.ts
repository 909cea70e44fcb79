import { afterEach, describe, expect, it } from 'vitest';
import { FLAGS, tcpFrame } from '../common/bpf/fixture/frames.js';
import { Bench, pause, type Record_ } from './fixture/bench.js';
import { FLOW_TABLES } from './index.js';

let bench: Bench;
afterEach(() => bench.close());

const SERVER = { dst: '10.0.0.2', dstPort: 80 };
/** Stamps are 67 ms apart: two flows are older and younger only when they are further apart than that. */
const YOUNGER_MS = 150;

const source = (n: number): { src: string; srcPort: number } => ({
  src: `10.1.${n >> 8}.${n & 255}`,
  srcPort: 40000 + (n % 20000),
});

/** One segment with data of the n-th client. */
const send = (n: number, seq = 1): void => {
  bench.run(tcpFrame({ ...source(n), ...SERVER, seq, payload: 10 }));
};

const sources = (rows: Record_[]): Set<unknown> => new Set(rows.map(({ src }) => src));

describe.each(FLOW_TABLES)('the flow table %s', (kind) => {
  it('keeps every flow while there is room, each with its own counts', () => {
    const flows = 500;
    bench = new Bench(kind, 1024);
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < flows; n++) send(n, 1 + 10 * round);
    }
    const { flows: rows } = bench.sweep();
    expect(sources(rows).size).toBe(flows);
    expect(rows.every(({ packets, payload_bytes }) => packets === 3 && payload_bytes === 30n)).toBe(
      true,
    );
    expect(bench.losses()).toEqual([]);
  });

  it('counts a flow that was away from nothing', async () => {
    bench = new Bench(kind, 64);
    send(1);
    bench.run(tcpFrame({ ...source(1), ...SERVER, seq: 11, flags: FLAGS.rst }));
    expect(bench.sweep().flows).toEqual([expect.objectContaining({ packets: 2, resets: 1 })]);
    expect(bench.sweep(11_000_000_000n).flows).toEqual([]);
    await pause(YOUNGER_MS);
    expect(bench.sweep(11_000_000_000n).flows).toEqual([]);
    send(1);
    expect(bench.sweep().flows).toEqual([expect.objectContaining({ packets: 1, resets: 0 })]);
  });
});

describe('the set-associative table', () => {
  it('is nearly full before it evicts', () => {
    const flows = 800;
    bench = new Bench('set_associative', flows);
    for (let n = 0; n < flows; n++) send(n);
    const kept = sources(bench.sweep().flows).size;
    const evicted = bench.losses().reduce((sum, { records }) => sum + records, 0);
    expect(kept + evicted).toBe(flows);
    expect(kept / flows).toBeGreaterThan(0.97);
  });

  it('evicts the least recently used, and counts it', async () => {
    bench = new Bench('set_associative', 4);
    const kept = [0, 1, 2, 3, 4, 5];
    for (const n of [...kept, 6]) send(n);
    bench.sweep();
    await pause(YOUNGER_MS);
    for (const n of kept) send(n, 11);
    send(100);
    const { flows } = bench.sweep();
    expect(sources(flows)).toEqual(new Set([...kept, 100].map((n) => source(n).src)));
    expect(bench.losses()).toMatchObject([
      { place: 'map nv_flows', reason: 'evicted', records: 1 },
    ]);
  });

  it('holds a suspect against newer flows, and says so when nothing is left to give up', async () => {
    bench = new Bench('set_associative', 4);
    // A refused SYN is an alert at once.
    const refused = tcpFrame({ ...source(1), ...SERVER, seq: 0, flags: FLAGS.syn });
    bench.run(refused);
    bench.run(refused);
    expect(bench.alerts()).toEqual([expect.objectContaining({ kind: 'syn_retry' })]);
    await pause(YOUNGER_MS);
    for (let n = 100; n < 130; n++) send(n);
    expect(sources(bench.sweep().flows)).toContain(source(1).src);
  });
});
