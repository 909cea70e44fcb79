import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FlowTuple } from '../common/bpf/flow-key.js';
import { Arming } from './arming.js';

const silent = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
const flow = (port: number): FlowTuple => ({
  src: '10.0.0.1',
  src_port: port,
  dst: '10.0.0.2',
  dst_port: 80,
  protocol: 6,
});

describe('Arming', () => {
  const applied: number[][] = [];
  const rows: string[] = [];
  const over = new Map<number, number>();
  let broken = false;
  let arming: Arming;

  beforeEach(() => {
    vi.useFakeTimers();
    applied.length = rows.length = 0;
    over.clear();
    broken = false;
    arming = new Arming(
      (flows) => {
        applied.push(flows.map((each) => each.src_port));
        return broken ? Promise.reject(new Error('no probe')) : Promise.resolve();
      },
      (incident, state, reason) => rows.push(`${incident} ${state}: ${reason}`.replace(/: $/, '')),
      silent,
      ({ src_port }) => over.get(src_port),
    );
  });
  afterEach(() => vi.useRealTimers());

  it('ends by itself after its seconds, without a word from the analyzer', async () => {
    arming.arm('i1', [flow(1)], 5);
    await vi.advanceTimersByTimeAsync(4900);
    expect(applied).toEqual([[1]]);
    await vi.advanceTimersByTimeAsync(200);
    expect(applied).toEqual([[1], []]);
    expect(rows).toEqual(['i1 armed', 'i1 expired: after 5 s']);
    expect(arming.armed).toBe(false);
  });

  it('traces the union of several incidents and detaches with the last', async () => {
    arming.arm('i1', [flow(1), flow(2)], 60);
    arming.arm('i2', [flow(2), flow(3)], 60);
    arming.disarm('i1');
    await vi.advanceTimersByTimeAsync(0);
    expect(applied.at(-1)).toEqual([2, 3]);
    arming.disarm('i2');
    await vi.advanceTimersByTimeAsync(0);
    expect(applied.at(-1)).toEqual([]);
  });

  it('gives up every incident when nobody is there to disarm them', async () => {
    arming.arm('i1', [flow(1)], 60);
    arming.arm('i2', [flow(2)], 60);
    arming.disarmAll('analyzer gone');
    await vi.advanceTimersByTimeAsync(0);
    expect(applied.at(-1)).toEqual([]);
    expect(rows.slice(-2)).toEqual(['i1 disarmed: analyzer gone', 'i2 disarmed: analyzer gone']);
  });

  it('is prolonged by a repeated order without touching the programs', async () => {
    arming.arm('i1', [flow(1)], 5);
    await vi.advanceTimersByTimeAsync(4000);
    arming.arm('i1', [flow(1)], 5);
    await vi.advanceTimersByTimeAsync(4000);
    expect(applied).toEqual([[1]]);
    expect(arming.armed).toBe(true);
  });

  it('says so when the probes cannot be attached', async () => {
    broken = true;
    arming.arm('i1', [flow(1)], 5);
    await vi.advanceTimersByTimeAsync(0);
    expect(rows).toEqual(['i1 failed: no probe']);
    expect(arming.armed).toBe(false);
  });

  /** A sweep finds the end of a flow. */
  const ends = (port: number): void => {
    over.set(port, performance.now());
    arming.releaseEnded();
  };
  const pass = async (ms: number): Promise<void> => {
    await vi.advanceTimersByTimeAsync(ms);
    arming.releaseEnded();
    await vi.advanceTimersByTimeAsync(0);
  };

  it('lets a flow go two seconds after its end, and detaches with the last', async () => {
    arming.arm('i1', [flow(1), flow(2)], 60);
    ends(1);
    await pass(1900);
    expect(applied).toEqual([[1, 2]]);
    await pass(200);
    expect(applied.at(-1)).toEqual([2]);
    ends(2);
    await pass(2100);
    expect(applied.at(-1)).toEqual([]);
    expect(rows).toEqual(['i1 armed', 'i1 disarmed: its flows have ended']);
    expect(arming.armed).toBe(false);
  });

  it('traces what was over when it was first asked for, once', async () => {
    ends(1);
    await pass(5000);
    arming.arm('i1', [flow(1)], 60);
    await pass(1900);
    expect(applied).toEqual([[1]]);
    await pass(200);
    expect(arming.armed).toBe(false);
    arming.arm('i1', [flow(1)], 60);
    await pass(0);
    expect(applied).toEqual([[1], []]);
    over.clear();
    arming.arm('i1', [flow(1)], 60);
    await pass(0);
    expect(applied.at(-1)).toEqual([1]);
  });

  it('takes the end of a connection for that of all its addresses', async () => {
    const seen = { ...flow(1), connection: 0 };
    const asked = { ...seen, dst: '10.96.0.10' };
    arming.arm('i1', [seen, asked, { ...flow(2), connection: 1 }], 60);
    over.set(1, 0);
    await pass(2100);
    expect(applied.at(-1)).toEqual([2]);
  });
});
