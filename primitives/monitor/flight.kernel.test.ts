import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FLAGS, tcpFrame } from '../common/bpf/fixture/frames.js';
import { Bench, CLIENT_TO_SERVER, pause, type Record_ } from './fixture/bench.js';
import { FLOW_TABLES } from './index.js';

/** flight.h. */
const ENTRIES = 31;
const STRETCH_MS = 512;
/** The least RTO, as in tcp_data.h, and a tick of the coarse clock. */
const RTO_MS = 195;

const said = (rows: readonly Record_[]): unknown[] =>
  rows.map(({ kind, src, value }) => [kind, src, value]);

describe.each(FLOW_TABLES)('with the flow table %s,', (flowTable) => {
  let bench: Bench;
  beforeEach(() => (bench = new Bench(flowTable)));
  afterEach(() => bench.close());

  it('tells with an alert what came before it, in order, each once', async () => {
    bench.handshake();
    bench.client({ seq: 101, ack: 5001, payload: 100 });
    await pause(RTO_MS);
    bench.client({ seq: 1, ack: 5001, payload: 100 });
    const rows = bench.flights();
    expect(said(rows)).toEqual([
      ['handshake', '10.0.0.1', expect.any(Number)],
      ['handshake', '10.0.0.2', expect.any(Number)],
      ['hole', '10.0.0.1', 100],
      ['rto', '10.0.0.1', 1],
    ]);
    const [alert] = bench.alerts();
    expect(new Set(rows.map(({ told_ns }) => told_ns)).size).toBe(1);
    const times = rows.map(({ time_ns }) => Number(time_ns));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const hole = rows[2]?.['time_ns'] as bigint;
    expect(Number((alert?.['time_ns'] as bigint) - hole)).toBeGreaterThan(190e6);
    bench.client({ seq: 201, ack: 5001, window: 0 });
    bench.server({ seq: 5001, ack: 1, window: 0 });
    expect(said(bench.flights())).toEqual([
      ['window_shut', '10.0.0.2', 0],
      // Raised a moment later for the other direction.
      ['window_shut', '10.0.0.1', 0],
    ]);
  });

  it('keeps the largest round trip of half a second, at its time', async () => {
    bench.handshake();
    for (const [n, ms] of [0, 5, 20, 0].entries()) {
      bench.client({ seq: 1 + 10 * n, ack: 5001 + n, payload: 10 });
      if (ms > 0) await pause(ms);
      bench.server({ seq: 5001 + n, ack: 11 + 10 * n, payload: 1 });
    }
    bench.client({ seq: 41, ack: 5005, window: 0 });
    const told = bench.flights();
    const of = (kind: string, src: string): Record_[] =>
      told.filter((row) => row['kind'] === kind && row['src'] === src);
    expect(of('rtt', '10.0.0.1')).toHaveLength(1);
    expect(Number(of('rtt', '10.0.0.1')[0]?.['value'])).toBeGreaterThanOrEqual(20_000);
    expect(of('response', '10.0.0.1')).toEqual([
      expect.objectContaining({ value: of('rtt', '10.0.0.1')[0]?.['value'] }),
    ]);
    await pause(STRETCH_MS);
    bench.client({ seq: 41, ack: 5005, payload: 10 });
    bench.server({ seq: 5005, ack: 51, payload: 1 });
    bench.client({ seq: 51, ack: 5006, window: 1000 });
    bench.arm();
    bench.client({ seq: 51, ack: 5006, payload: 10 });
    const later = bench.flights().filter(({ kind, src }) => kind === 'rtt' && src === '10.0.0.1');
    expect(later).toHaveLength(1);
    expect(Number(later[0]?.['value'])).toBeLessThan(20_000);
  });

  it('counts what comes again at once in one entry', () => {
    bench.handshake();
    bench.client({ seq: 1, ack: 5001, payload: 100 });
    for (let i = 0; i < 3; i++) bench.client({ seq: 1, ack: 5001, payload: 100 });
    expect(said(bench.flights()).slice(2)).toEqual([['retransmission', '10.0.0.1', 3]]);
  });

  it('lets the oldest go for the newest', () => {
    bench.handshake();
    for (let n = 0; n < ENTRIES; n++) {
      bench.client({ seq: 101 + 200 * n, ack: 5001, payload: 100 });
      bench.client({ seq: 1 + 200 * n, ack: 5001, payload: 100, ipId: 0 });
    }
    bench.flights();
    for (let n = ENTRIES; n < 2 * ENTRIES; n++)
      bench.client({ seq: 101 + 200 * n, ack: 5001, payload: 100, window: n % 2 ? 50 : 1000 });
    bench.server({ seq: 5001, ack: 1, window: 0 });
    const told = said(bench.flights());
    expect(told).toHaveLength(ENTRIES);
    expect(told.at(-1)).toEqual(['window_shut', '10.0.0.1', 0]);
  });

  it('tells of a flow once it is armed, without an alert', () => {
    bench.handshake();
    bench.client({ seq: 101, ack: 5001, payload: 100 });
    expect(bench.flights()).toEqual([]);
    bench.arm();
    bench.client({ seq: 201, ack: 5001, payload: 100 });
    expect(said(bench.flights()).map((entry) => (entry as unknown[])[0])).toEqual([
      'handshake',
      'handshake',
      'hole',
    ]);
    expect(bench.alerts()).toEqual([]);
  });
});

it('gives a new flow none of what happened to the one whose record it takes', () => {
  const bench = new Bench('set_associative', 1);
  try {
    const send = (srcPort: number, segment: object): void => {
      bench.run(tcpFrame({ ...CLIENT_TO_SERVER, srcPort, ...segment }));
    };
    for (let port = 50_000; port < 50_000 + bench.capacity; port++) {
      send(port, { seq: 1, payload: 100 });
      send(port, { seq: 301, payload: 100 });
    }
    const late = 60_000;
    send(late, { seq: 1, payload: 100 });
    send(late, { seq: 101, flags: FLAGS.rst });
    expect(said(bench.flights())).toEqual([['reset', '10.0.0.1', 1]]);
  } finally {
    bench.close();
  }
});
