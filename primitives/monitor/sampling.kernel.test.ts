import { afterEach, describe, expect, it } from 'vitest';
import { Bench } from './fixture/bench.js';

const STREAM_BYTES = 480_000;
/** What is told of one by one, before packets are chosen. */
const TELL_ALL = 30;

interface Told {
  readonly seq: number;
  readonly end: number;
  readonly left_out: number;
}

describe('packets of an armed flow', () => {
  const benches: Bench[] = [];
  afterEach(() => {
    for (const bench of benches.splice(0)) bench.close();
  });

  function armed(): Bench {
    const bench = new Bench();
    benches.push(bench);
    bench.handshake();
    bench.arm();
    return bench;
  }

  const told = (bench: Bench): Told[] =>
    bench.packets().map(({ seq, end_seq, left_out }) => ({
      ...{ seq: Number(seq), end: Number(end_seq), left_out: Number(left_out) },
    }));

  function send(bench: Bench, payload: number, bytes = STREAM_BYTES): Told[] {
    for (let seq = 1; seq < bytes; seq += payload) bench.client({ seq, ack: 5001, payload });
    return told(bench);
  }

  it('are all told while they are few', () => {
    const packets = send(armed(), 500, 500 * TELL_ALL);
    expect(packets).toHaveLength(TELL_ALL);
    expect(packets.every(({ left_out }) => left_out === 0)).toBe(true);
  });

  it('are chosen by the bytes that they hold, however the stream is cut', () => {
    const [fine, coarse] = [500, 1500].map((payload) =>
      send(armed(), payload).filter(({ seq }) => seq > 1500 * TELL_ALL),
    ) as [Told[], Told[]];
    expect(coarse.length).toBeGreaterThan(20);
    expect(fine.length).toBeLessThan(200);
    const [fewer, more] = fine.length < coarse.length ? [fine, coarse] : [coarse, fine];
    const shared = fewer.filter((a) => more.some((b) => b.seq < a.end && b.end > a.seq));
    expect(shared.length / fewer.length).toBeGreaterThan(0.9);
  });

  it('are counted where they are not told, and told when they are sent again', () => {
    const bench = armed();
    const first = send(bench, 500);
    const last = first.at(-1);
    const left_out = first.reduce((sum, packet) => sum + packet.left_out, 0);
    expect(first.length + left_out).toBe(((last?.seq ?? 0) - 1) / 500 + 1);
    const untold = 1 + 500 * (STREAM_BYTES / 500 / 2);
    expect(first.map(({ seq }) => seq)).not.toContain(untold);
    bench.client({ seq: untold, ack: 5001, payload: 500 });
    expect(told(bench).map(({ seq }) => seq)).toEqual([untold]);
  });
});
