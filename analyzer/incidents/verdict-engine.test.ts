import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemoryStore } from '../sql/fixtures.js';
import { createEngine } from './index.js';
import type { AlertRow, ControlMessage, VerdictEngine } from './engine.js';

const SECOND = 1_000_000_000;
const FLOW = { src: '10.1.0.2', src_port: 40000, dst: '10.2.0.2', dst_port: 80, protocol: 6 };
const ALERT: Omit<AlertRow, 'time_ns'> = {
  ...FLOW,
  host: 'a',
  source: 'push',
  begun_ns: 0n,
  of_service: 0,
  observed: 20_000_000n,
  threshold: 1_000_000n,
  tap_role: 'pod',
  ifindex: 3,
  kind: 'rtt_shift',
};

const wallNs = (): number => Date.now() * 1_000_000;

async function endpoints(store: MemoryStore): Promise<void> {
  await store.insert('endpoint', [
    {
      host: 'a',
      address: FLOW.src,
      pod: 'a1',
      ifindex: 3,
      role: 'pod',
      present: 1,
      received_ns: 1,
    },
    {
      host: 'b',
      address: FLOW.dst,
      pod: 'b1',
      ifindex: 3,
      role: 'pod',
      present: 1,
      received_ns: 1,
    },
  ]);
}

/** Marks at all four taps, 20 a second, with the network term given in milliseconds. */
async function traffic(
  store: MemoryStore,
  from: number,
  to: number,
  networkMs: number,
): Promise<void> {
  const rows: Record<string, unknown>[] = [];
  for (let at = from; at < to; at += SECOND / 20) {
    const mark = Math.floor(at / 1_000_000) % 4294967296;
    const sample = {
      ...FLOW,
      mark,
      closing_ack: mark + 1,
      class: 'exact',
      piggyback: 1,
      received_ns: at,
    };
    const pod = 300_000;
    const network = networkMs * 1_000_000;
    const place = (host: string, role: string, turnaround: number) => ({
      ...sample,
      host,
      tap_role: role,
      ifindex: role === 'pod' ? 3 : 0,
      start_ns: Math.floor(at),
      turnaround_ns: Math.floor(turnaround + Math.sin(at) * 1000),
    });
    rows.push(
      place('a', 'pod', pod + network + 40_000),
      place('a', 'uplink', pod + network + 20_000),
      place('b', 'uplink', pod + 20_000),
      place('b', 'pod', pod),
    );
  }
  await store.insert('mark_sample', rows);
}

describe('verdict engine', () => {
  let store: MemoryStore;
  let engine: VerdictEngine;
  let sent: { host: string; message: ControlMessage }[];

  beforeEach(async () => {
    store = await MemoryStore.open();
    await endpoints(store);
    sent = [];
    engine = createEngine({
      store,
      control: { send: (host, message) => sent.push({ host, message }), hosts: () => ['a', 'b'] },
      log: {
        debug: () => undefined,
        info: () => undefined,
        error: ({ err }: { err?: unknown }) => {
          throw err;
        },
      },
    });
    engine.start();
  });

  afterEach(() => engine.stop());

  it('arms both hosts, proves the harm and gives one incident its verdict', async () => {
    const now = wallNs();
    await traffic(store, now - 20 * SECOND, now - 0.2 * SECOND, 0.2);
    await traffic(store, now - 0.2 * SECOND, now + 2 * SECOND, 30);
    engine.alerted([{ ...ALERT, time_ns: BigInt(Math.floor(now)) }]);
    await expect.poll(() => engine.list()[0]?.state, { timeout: 8000 }).toBe('diagnosed');
    expect(engine.list()).toHaveLength(1);
    expect(engine.list()[0]).toMatchObject({
      trigger: { kind: 'rtt_shift', host: 'a' },
      verdict: { domain: 'network', host: null, cause: 'path_delay' },
      victims: [{ src: { pod: 'a1' }, dst: { pod: 'b1' } }],
    });
    expect(new Set(sent.filter((s) => s.message.type === 'arm').map((s) => s.host))).toEqual(
      new Set(['a', 'b']),
    );
    const stored = await store.query('SELECT json FROM incident');
    expect(stored).toHaveLength(1);
  });

  it('says which taps on the path were blind', async () => {
    const now = wallNs();
    const coverage = {
      host: 'a',
      ifname: 'veth3',
      tap_role: 'pod',
      pod: 'a1',
      hook: 'ingress',
      state: 'missing',
      ahead: 'tcx "other" (program 7)',
      device_bytes: 1000,
      missing_bytes: 500,
      received_ns: now,
    };
    await store.insert('tap_coverage', [
      coverage,
      { ...coverage, ifname: 'veth9', pod: 'a9' },
      { ...coverage, ifname: 'up0', pod: '', tap_role: 'uplink', host: 'c' },
    ]);
    await traffic(store, now - 20 * SECOND, now - 0.2 * SECOND, 0.2);
    await traffic(store, now - 0.2 * SECOND, now + 2 * SECOND, 30);
    engine.alerted([{ ...ALERT, time_ns: BigInt(Math.floor(now)) }]);
    await expect.poll(() => engine.list()[0]?.state, { timeout: 8000 }).toBe('diagnosed');
    const [incident] = engine.list();
    expect(incident?.data_quality.blind_taps).toEqual([
      {
        host: 'a',
        ifname: 'veth3',
        pod: 'a1',
        hook: 'ingress',
        state: 'missing',
        missing_share: 0.5,
        ahead: 'tcx "other" (program 7)',
      },
    ]);
  });

  it('drops a suspicion whose flow is as healthy as before, and disarms', async () => {
    const now = wallNs();
    await traffic(store, now - 20 * SECOND, now + 2 * SECOND, 0.2);
    engine.alerted([{ ...ALERT, time_ns: BigInt(Math.floor(now)) }]);
    await expect
      .poll(() => sent.filter((s) => s.message.type === 'disarm').length, { timeout: 8000 })
      .toBe(2);
    expect(engine.list()).toHaveLength(0);
  });
});
