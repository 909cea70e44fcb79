import { beforeAll, describe, expect, it } from 'vitest';
import { observe } from '../ledgers/observe.js';
import { flowId } from '../ledgers/flow.js';
import { MemoryStore } from './fixtures.js';

const S = 1_000_000_000n;
const FLOW = { src: '10.1.0.2', src_port: 40000, dst: '10.2.0.2', dst_port: 80, protocol: 6 };
const endpoint = (host: string, address: string) => ({
  ...{ host, address, pod: `${host}1`, ifindex: 3, role: 'pod', present: 1, received_ns: 1 },
});
const counter = (host: string, at: bigint) => ({ host, time_ns: at, received_ns: at });
const observed = (store: MemoryStore, from: bigint, to: bigint) =>
  observe(store, { fromNs: from, toNs: to }, { fromNs: from - 30n * S, toNs: from - S }, []);

describe('an agent that says nothing any more', () => {
  let store: MemoryStore;
  beforeAll(async () => {
    store = await MemoryStore.withViews();
    await store.insert('endpoint', [endpoint('a', FLOW.src), endpoint('b', FLOW.dst)]);
    await store.insert(
      'host_counter',
      Array.from({ length: 40 }, (_, n) => counter('a', 80n * S + (BigInt(n) * S) / 2n)),
    );
    await store.insert('host_counter', [counter('b', 85n * S), counter('b', 90n * S)]);
    const row = { ...FLOW, tap_role: 'pod', ifindex: 3, packets: 5, host: 'a' };
    await store.insert(
      'flow_interval',
      [90n * S, 99n * S].map((at) => ({ ...row, interval_end_ns: at, received_ns: at })),
    );
  });

  it('is told from one that speaks, with when it was last heard of', async () => {
    const { silent, directions } = await observed(store, 97n * S, 100n * S);
    expect([...silent]).toEqual([['b', 90n * S]]);
    expect(directions.get(flowId(FLOW))).toMatchObject({ dstSilent: true, dstHost: 'b' });
    expect(directions.get(flowId(FLOW))).not.toHaveProperty('srcSilent');
    const earlier = await observed(store, 87n * S, 90n * S);
    expect(earlier.silent.size).toBe(0);
  });
});

describe('sequence ranges', () => {
  const packet = (host: string, tap_role: string, hook: string, n: number) => ({
    ...{ ...FLOW, host, tap_role, hook, ifindex: tap_role === 'pod' ? 3 : 0, probe: 'tap' },
    ...{ seq: 1000 * n, end_seq: 1000 * (n + 1), armed: 1 },
    ...{ time_ns: 100n * S + (BigInt(n) * S) / 10n, received_ns: 100n * S + (BigInt(n) * S) / 10n },
  });

  it('are none where a host lost records meanwhile', async () => {
    const store = await MemoryStore.withViews();
    await store.insert('endpoint', [endpoint('a', FLOW.src), endpoint('b', FLOW.dst)]);
    const passed = Array.from({ length: 20 }, (_, n) => n);
    await store.insert('packet_event', [
      ...passed.map((n) => packet('a', 'pod', 'ingress', n)),
      ...passed.filter((n) => n % 5 !== 0).map((n) => packet('b', 'pod', 'egress', n)),
    ]);
    const ranges = () => store.query(`SELECT place FROM tap_ranges(${99n * S}, ${103n * S})`);
    expect(await ranges()).toHaveLength(2);
    const lost = { host: 'b', place: 'spool', received_ns: 101n * S };
    await store.insert('loss_account', [{ ...lost, reason: 'budget', records: 9 }]);
    expect(await ranges()).toHaveLength(2);
    await store.insert('loss_account', [{ ...lost, reason: 'full', records: 9 }]);
    expect(await ranges()).toHaveLength(0);
  });
});
