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
  let broken = false;
  let arming: Arming;

  beforeEach(() => {
    vi.useFakeTimers();
    applied.length = rows.length = 0;
    broken = false;
    arming = new Arming(
      (flows) => {
        applied.push(flows.map((each) => each.src_port));
        return broken ? Promise.reject(new Error('no probe')) : Promise.resolve('tap, drop');
      },
      (incident, state, detail) => rows.push(`${incident} ${state}: ${detail}`),
      silent,
    );
  });
  afterEach(() => vi.useRealTimers());

  it('ends by itself after its seconds, without a word from the analyzer', async () => {
    arming.arm('i1', [flow(1)], 5);
    await vi.advanceTimersByTimeAsync(4900);
    expect(applied).toEqual([[1]]);
    await vi.advanceTimersByTimeAsync(200);
    expect(applied).toEqual([[1], []]);
    expect(rows).toEqual(['i1 armed: tap, drop', 'i1 expired: after 5 s']);
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
});
