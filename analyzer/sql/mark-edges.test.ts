import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryStore } from './fixtures.js';

const FLOW = { src: '10.1.0.2', src_port: 40000, dst: '10.2.0.2', dst_port: 80, protocol: 6 };
const MS = 1_000_000;
/** The request reaches b's uplink tap at 50 ms of its clock; of its 40 ms round trip a millisecond is b's. */
const BU_NS = 50 * MS;

describe('mark_edges, of a packet that a NAPI poll took', () => {
  let store: MemoryStore;
  beforeEach(async () => {
    store = await MemoryStore.withViews();
    const pod = { role: 'pod', ifindex: 5, present: 1, time_ns: 1, received_ns: 1 };
    await store.insert('endpoint', [
      { ...pod, host: 'a', pod: 'a1', address: FLOW.src },
      { ...pod, host: 'b', pod: 'b1', address: FLOW.dst },
    ]);
    const sample = { ...FLOW, mark: 1000, closing_ack: 1100, class: 'exact', received_ns: 2 };
    const uplink = { tap_role: 'uplink', ifindex: 2 };
    await store.insert('mark_sample', [
      { ...sample, ...uplink, host: 'a', start_ns: 10 * MS, turnaround_ns: 40 * MS },
      { ...sample, ...uplink, host: 'b', start_ns: BU_NS, turnaround_ns: MS },
    ]);
  });

  const packet = (probe: string, time_ns: number) => ({
    ...{ ...FLOW, host: 'b', probe, time_ns, tap_role: 'uplink', armed: 1, received_ns: 2 },
    ...{ seq: 1000, end_seq: 1100 },
  });
  const receiverRx = async (): Promise<unknown> =>
    (await store.query('SELECT receiver_rx FROM mark_edges(0, 1000000000)'))[0]?.['receiver_rx'];
  const softirq = { host: 'b', kind: 'softirq', pid: 7, received_ns: 2 };

  it('counts the wait before the poll, as far as the packet was under way', async () => {
    await store.insert('packet_event', [packet('napi_receive', BU_NS - 10_000)]);
    expect(await receiverRx()).toBe(10);
    const wait = { ...softirq, start_ns: BU_NS - 30 * MS, end_ns: BU_NS - MS };
    await store.insert('sched_event', [wait]);
    expect(await receiverRx()).toBe(29_010);
    await store.insert('sched_event', [{ ...softirq, start_ns: 0, end_ns: 12 * MS }]);
    expect(await receiverRx()).toBe(30_010);
  });

  it('believes an arrival that was seen', async () => {
    await store.insert('packet_event', [packet('netif_rx', BU_NS - 2 * MS)]);
    await store.insert('sched_event', [{ ...softirq, start_ns: BU_NS - 30 * MS, end_ns: BU_NS }]);
    expect(await receiverRx()).toBe(2000);
  });
});
