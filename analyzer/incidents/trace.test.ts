import { beforeEach, expect, it } from 'vitest';
import { reversed } from '../ledgers/flow.js';
import { MemoryStore } from '../sql/fixtures.js';
import { traced, worst } from './trace.js';

const FLOW = { src: '10.1.0.2', src_port: 40000, dst: '10.2.0.2', dst_port: 80, protocol: 6 };
const WINDOW = { fromNs: 0n, toNs: 10_000_000_000n };
const MS = 1_000_000;

let store: MemoryStore;
beforeEach(async () => {
  store = await MemoryStore.withViews();
  const pod = { role: 'pod', ifindex: 5, present: 1, time_ns: 1, received_ns: 1 };
  await store.insert('endpoint', [
    { ...pod, host: 'a', pod: 'a1', address: FLOW.src },
    { ...pod, host: 'b', pod: 'b1', address: FLOW.dst },
  ]);
});

/** A segment of 100 bytes, from the sender's pod tap after so many milliseconds to its driver. */
const sent = (
  ms: number,
  seq: number,
  ip_id: number,
  driverMs: number,
): Record<string, unknown>[] => {
  const packet = { ...FLOW, host: 'a', seq, end_seq: seq + 100, ip_id, flags: 16, armed: 1 };
  const tap = { ...packet, probe: 'tap', tap_role: 'pod', ifindex: 5, hook: 'ingress' };
  const driver = { ...packet, probe: 'dev_xmit', tap_role: 'uplink', ifindex: 2 };
  return [
    { ...tap, time_ns: ms * MS, received_ns: 2 },
    { ...driver, time_ns: (ms + driverMs) * MS, received_ns: 2 },
  ];
};

it('puts what was lost before what was slow, and the slow before the newest', async () => {
  await store.insert('packet_event', [
    ...sent(1, 0, 1, 1),
    ...sent(10, 100, 2, 1),
    ...sent(20, 200, 3, 50),
    ...sent(300, 100, 4, 1),
    ...sent(400, 300, 5, 1),
  ]);
  const first = async (order: 'slowest' | 'latest'): Promise<number[]> => {
    const { waterfalls } = await traced(store, FLOW, WINDOW, { order, most: 2 });
    return waterfalls.map(({ seq }) => seq);
  };
  expect(await first('slowest')).toEqual([100, 200]);
  expect(await first('latest')).toEqual([300, 100]);
  expect(await worst(store, FLOW, WINDOW)).toMatchObject({ end: 'lost', passage: 1 });
});

it('shows what came back where nothing of the victim was traced', async () => {
  expect(await worst(store, FLOW, WINDOW)).toBeUndefined();
  await store.insert('packet_event', sent(1, 0, 1, 1));
  expect(await worst(store, reversed(FLOW), WINDOW)).toMatchObject({ flow: { dst_port: 80 } });
});
