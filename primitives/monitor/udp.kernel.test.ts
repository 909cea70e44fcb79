import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { udpFrame } from '../common/bpf/fixture/frames.js';
import { Bench, pause, type Record_ } from './fixture/bench.js';

const GAP_MS = 100;
/** Packets are timed by a clock that moves in ticks. */
const TICK_MS = 5;

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.close());

type Ends = readonly [src: string, dst: string, srcPort: number, dstPort: number];
const CLIENT: Ends = ['10.0.0.1', '10.0.0.2', 40000, 5004];
const SERVER: Ends = ['10.0.0.2', '10.0.0.1', 5004, 40000];
const talks = (side: Ends): void => void bench.run(udpFrame(...side, Buffer.alloc(160)));

function gaps(): { client: Record_; server: Record_ } {
  const { flows } = bench.sweep();
  const from = (port: number): Record_ => flows.find((row) => row['src_port'] === port) ?? {};
  return { client: from(CLIENT[2]), server: from(SERVER[2]) };
}

describe('a silence of both directions', () => {
  it('is counted for the end that breaks it', async () => {
    talks(CLIENT);
    talks(SERVER);
    await pause(GAP_MS + TICK_MS);
    talks(SERVER);
    talks(CLIENT);
    const { client, server } = gaps();
    expect(client).toMatchObject({ two_way_gaps: 0, two_way_gap_ns: 0n });
    expect(server).toMatchObject({ two_way_gaps: 1 });
    expect(Number(server['two_way_gap_ns'])).toBeGreaterThanOrEqual(GAP_MS * 1e6);
  });

  it('is none while the other end talks', async () => {
    talks(CLIENT);
    for (let i = 0; i < 6; i++) {
      await pause(20);
      talks(SERVER);
    }
    talks(CLIENT);
    const { client, server } = gaps();
    expect([client['two_way_gaps'], server['two_way_gaps']]).toEqual([0, 0]);
  });

  it('does not precede the first packet, and packets without payload do not break it', async () => {
    bench.run(udpFrame(...CLIENT, Buffer.alloc(0)));
    await pause(GAP_MS + TICK_MS);
    talks(CLIENT);
    bench.run(udpFrame(...SERVER, Buffer.alloc(0)));
    expect(gaps().client).toMatchObject({ packets: 2, two_way_gaps: 0 });
  });
});
