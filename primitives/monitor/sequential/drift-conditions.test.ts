import { describe, expect, it } from 'vitest';
import type { ColumnBatch, Row } from '../../common/schema/columns.js';
import { DriftConditions } from './drift-conditions.js';
import { normal, poisson, sweepOf, uniform } from './fixture.js';

const SWEEP_NS = 500_000_000n;
const MS = 1_000_000;

function find(conditions: DriftConditions, flows: ColumnBatch, nowNs: bigint): Row[] {
  conditions.begin(nowNs);
  conditions.take(flows);
  return conditions.end();
}

/** Sweeps half a second apart; `rowsAt` says what the n-th brings. */
class Bench {
  readonly next = uniform(17);
  readonly noise = normal(this.next);
  readonly conditions: DriftConditions;
  #sweep = 0;

  constructor(falseAlarmsPerDay = 1) {
    this.conditions = new DriftConditions({ host: 'h', falseAlarmsPerDay, mostFlows: 1000 });
  }

  run(sweeps: number, rowsAt: (n: number) => Row[]): Row[] {
    return Array.from({ length: sweeps }, (_, n) => {
      const nowNs = 1_000_000_000_000n + SWEEP_NS * BigInt(this.#sweep++);
      return find(this.conditions, sweepOf(rowsAt(n)), nowNs);
    }).flat();
  }

  /** A bulk flow: twenty samples of log-normal RTT around so many milliseconds. */
  bulk(ms: number, flow: Row = {}, samples = 20): Row {
    const mean = ms * MS * Math.exp(0.1 * this.noise());
    return {
      rtt_exact: samples,
      rtt_sum_ns: Math.round(samples * mean),
      data_segments: 10 * samples,
      ...flow,
    };
  }

  /** Requests and their responses. */
  rpc(ms: number, flow: Row = {}, responses = 50): Row {
    const mean = ms * MS * Math.exp(0.15 * this.noise());
    return {
      responses,
      response_sum_ns: Math.round(responses * mean),
      rtt_exact: responses,
      rtt_sum_ns: Math.round(responses * mean),
      data_segments: responses,
      ...flow,
    };
  }
}

const kinds = (alerts: Row[]): Set<unknown> => new Set(alerts.map(({ kind }) => kind));

describe('a flow by its own past', () => {
  it('names a drift of 3 ms with its onset, its level and what it was held against', () => {
    const bench = new Bench();
    expect(bench.run(60, () => [bench.rpc(2)])).toEqual([]);
    const [first] = bench.run(60, () => [bench.rpc(5)]);
    expect(first).toMatchObject({
      ...{ kind: 'response_drift', source: 'pull', host: 'h' },
      ...{ src: '10.0.0.1', src_port: 40_000, dst_port: 80, ifindex: 3, tap_role: 'pod' },
    });
    const sinceS = (Number(first?.['begun_ns']) - 1e12) / 1e9;
    expect(sinceS).toBeGreaterThan(29);
    expect(sinceS).toBeLessThan(32);
    expect(Number(first?.['time_ns']) - 1e12).toBeLessThan(38e9);
    expect(Number(first?.['threshold'])).toBeGreaterThan(2.5 * MS);
    expect(Number(first?.['observed'])).toBeGreaterThan(Number(first?.['threshold']));
  });

  it('finds a ramp of 3 ms over ten seconds', () => {
    const bench = new Bench();
    bench.run(60, () => [bench.bulk(4)]);
    const alerts = bench.run(30, (n) => [bench.bulk(4 + Math.min(3, n * 0.15))]);
    expect(kinds(alerts)).toEqual(new Set(['rtt_drift']));
  });

  it('finds a loss of two percent', () => {
    const bench = new Bench();
    const lossy = (share: number) => (): Row[] => [
      bench.bulk(4, { retransmitted_segments: poisson(bench.next, 200 * share) }),
    ];
    expect(bench.run(60, lossy(0.0005))).toEqual([]);
    const [first] = bench.run(20, lossy(0.02));
    expect(first).toMatchObject({ kind: 'loss_drift' });
    expect(Number(first?.['observed'])).toBeGreaterThan(Number(first?.['threshold']));
  });

  it('raises again every two seconds while it lasts, counts the others, and calms when it is over', () => {
    const bench = new Bench();
    bench.run(60, () => [bench.rpc(2)]);
    const alerts = bench.run(40, () => [bench.rpc(6)]);
    const gapsS = alerts
      .slice(1)
      .map((a, n) => Number(a['time_ns']) - Number(alerts[n]?.['time_ns']));
    expect(new Set(gapsS)).toEqual(new Set([2e9]));
    expect(bench.conditions.suppressed).toBeGreaterThan(2 * alerts.length);
    expect(bench.run(8, () => [bench.rpc(2)]).length).toBeLessThanOrEqual(2);
    expect(bench.run(60, () => [bench.rpc(2)])).toEqual([]);
  });

  it('takes later alarms for granted when fewer false ones are wanted', () => {
    const delay = (falseAlarmsPerDay: number): number => {
      const bench = new Bench(falseAlarmsPerDay);
      bench.run(60, () => [bench.rpc(20)]);
      return Number(bench.run(60, () => [bench.rpc(27)])[0]?.['time_ns']);
    };
    expect(delay(1e-6)).toBeGreaterThan(delay(1000));
  });
});

describe('silence in health', () => {
  it('over a quarter of a day in which the delays of a flow rise from half to twice', () => {
    const bench = new Bench();
    const rows = (n: number): Row[] => [bench.bulk(2.5 * 4 ** (n / 43_200))];
    expect(bench.run(43_200, rows)).toEqual([]);
  });

  it('when a shift is too small to matter', () => {
    const bench = new Bench();
    bench.run(60, () => [bench.rpc(0.3)]);
    expect(bench.run(60, () => [bench.rpc(0.9)])).toEqual([]);
  });

  it('when a bulk flow starts beside requests, fills its own queue and loses there', () => {
    const bench = new Bench();
    const requests = (): Row[] => [1, 2, 3, 4].map((n) => bench.rpc(2, { src_port: 40_000 + n }));
    bench.run(100, requests);
    const alerts = bench.run(120, (n) => [
      ...requests(),
      bench.bulk(60, { src_port: 50_000, retransmitted_segments: n % 4 === 0 ? 10 : 0 }, 200),
    ]);
    expect(alerts).toEqual([]);
  });

  it('when a flow sends four times as much and waits behind itself', () => {
    const bench = new Bench();
    bench.run(100, () => [bench.bulk(5)]);
    expect(bench.run(100, () => [bench.bulk(30, {}, 80)])).toEqual([]);
  });

  it('when a client asks seldom instead of often, so that its means scatter and its pauses grow', () => {
    const bench = new Bench();
    const answers = (pauseMs: number): Row => ({
      ...{ src: '10.0.0.2', dst: '10.0.0.1', src_port: 80, dst_port: 40_000 },
      ...{ rtt_exact: 50, rtt_sum_ns: 50 * pauseMs * MS, data_segments: 50 },
    });
    bench.run(100, () => [bench.rpc(2), answers(5)]);
    const seldom = (): Row => bench.rpc(2 * Math.exp(0.8 * bench.noise()), {}, 2);
    expect(bench.run(200, () => [seldom(), answers(40)])).toEqual([]);
  });

  it('when connections to a far place join those to a near one, new ones among them', () => {
    const bench = new Bench();
    const uplink = { tap_role: 'uplink', ifindex: 0 };
    let port = 0;
    const flows = (ms: number, dst: string): Row[] =>
      [1, 2, 3, 4].flatMap((n) => [
        bench.bulk(ms, { ...uplink, dst, src_port: 60_000 + n }),
        bench.bulk(ms, { ...uplink, dst, src_port: 1024 + (port++ % 50_000) }),
      ]);
    bench.run(100, () => flows(1, '10.0.0.2'));
    expect(bench.run(100, () => [...flows(1, '10.0.0.2'), ...flows(150, '10.9.9.9')])).toEqual([]);
  });
});

describe('groups', () => {
  const ports = Array.from({ length: 16 }, (_, n) => 40_000 + n);

  it('find in many flows together what is too little for one, and name the worst of them', () => {
    const spread = 1.2;
    const flows = (bench: Bench, ms: number, names: readonly number[]): Row[] =>
      names.map((src_port) =>
        bench.bulk(ms * Math.exp(spread * bench.noise()), {
          src_port,
          tap_role: 'uplink',
          ifindex: 0,
        }),
      );
    const firstAt = (names: readonly number[]): number => {
      const bench = new Bench();
      bench.run(200, () => flows(bench, 4, names));
      const alerts = bench.run(60, () => flows(bench, 12, names));
      const [first] = alerts;
      if (first) expect(first['tap_role']).toBe('uplink');
      return Number(first?.['time_ns'] ?? Infinity) - 1e12 - 100e9;
    };
    expect(firstAt(ports)).toBeLessThan(8e9);
    expect(firstAt(ports)).toBeLessThan(firstAt(ports.slice(0, 1)));
  });

  it('see connections that are too short to have a past', () => {
    const bench = new Bench();
    let port = 0;
    const short = (ms: number) => (): Row[] =>
      [1, 2].map(() => bench.rpc(ms, { src_port: 1024 + (port++ % 60_000) }, 1));
    expect(bench.run(200, short(2))).toEqual([]);
    const [first] = bench.run(100, short(6));
    expect(first).toMatchObject({ kind: 'response_drift', dst_port: 80 });
  });

  it('see losses of many small flows, and not of one that loses all the time', () => {
    const flows = (bench: Bench, lossy: number, share: number): Row[] =>
      ports.slice(0, 6).map((src_port, n) => {
        const resent = n < lossy && bench.next() < share ? 1 : 0;
        return bench.bulk(4, { src_port, retransmitted_segments: resent, data_segments: 2000 });
      });
    const quiet = new Bench();
    quiet.run(60, () => flows(quiet, 0, 0));
    expect(quiet.run(200, () => flows(quiet, 1, 1))).toEqual([]);
    const many = new Bench();
    many.run(60, () => flows(many, 0, 0));
    expect(kinds(many.run(40, () => flows(many, 6, 0.6)))).toEqual(new Set(['loss_drift']));
  });
});

it('forgets flows that are gone, and takes no more than it may', () => {
  const conditions = new DriftConditions({ host: 'h', falseAlarmsPerDay: 1, mostFlows: 4 });
  let nowNs = 0n;
  const sweep = (rows: Row[]): Row[] => find(conditions, sweepOf(rows), (nowNs += SWEEP_NS));
  const bench = new Bench();
  for (let n = 0; n < 40; n++)
    sweep([1, 2, 3, 4, 5, 6].map((port) => bench.rpc(2, { src_port: port })));
  const late = { src_port: 7 };
  for (let n = 0; n < 300; n++) sweep([]);
  for (let n = 0; n < 60; n++) sweep([bench.rpc(2, late)]);
  const alerts = Array.from({ length: 40 }, () => sweep([bench.rpc(6, late)])).flat();
  expect(alerts[0]).toMatchObject(late);
});

it('judges ten thousand flow rows within a fifth of a sweep', () => {
  const conditions = new DriftConditions({ host: 'h', falseAlarmsPerDay: 1, mostFlows: 20_000 });
  const bench = new Bench();
  const rows = Array.from({ length: 10_000 }, (_, n) =>
    bench.bulk(2, { src: `10.1.${n >> 8}.${n & 255}`, src_port: 1024 + n }),
  );
  const batch = sweepOf(rows);
  const times = Array.from({ length: 60 }, (_, n) => {
    const began = performance.now();
    find(conditions, batch, BigInt(n) * SWEEP_NS);
    return performance.now() - began;
  }).slice(40);
  expect(times.sort((a, b) => a - b)[10]).toBeLessThan(100);
});
