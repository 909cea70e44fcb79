import { beforeEach, expect, it } from 'vitest';
import { MemoryStore } from '../sql/fixtures.js';
import { beforeTrigger } from './before-trigger.js';

const FLOW = { src: '10.1.0.2', src_port: 40000, dst: '10.2.0.2', dst_port: 80, protocol: 6 };
const BACK = { src: FLOW.dst, src_port: 80, dst: FLOW.src, dst_port: 40000, protocol: 6 };
const SECOND = 1_000_000_000;
const AT = 100 * SECOND;
const TRIGGERED = BigInt(AT);

let store: MemoryStore;
beforeEach(async () => {
  store = await MemoryStore.withViews();
  const pod = { role: 'pod', ifindex: 5, present: 1, time_ns: 1, received_ns: 1 };
  await store.insert('endpoint', [
    { ...pod, host: 'a', pod: 'a1', address: FLOW.src },
    { ...pod, host: 'b', pod: 'b1', address: FLOW.dst },
  ]);
});

const kept = (beforeMs: number, kind: string, value: number, more: object = {}) => ({
  ...{ ...FLOW, host: 'a', tap_role: 'pod', ifindex: 5, kind, value },
  ...{ time_ns: AT - beforeMs * 1e6, told_ns: AT, received_ns: AT + SECOND, ...more },
});

it('tells what taps of both hosts kept of the flow, the oldest first, up to the trigger', async () => {
  await store.insert('flight', [
    kept(-5, 'fin', 1),
    kept(20, 'rto', 1),
    kept(900, 'rtt', 1200, { host: 'b', tap_role: 'uplink', ifindex: 0 }),
    kept(300, 'window_shut', 0, BACK),
    kept(10, 'rto', 1, { src_port: 40001 }),
    kept(11_000, 'rtt', 900),
  ]);
  const found = await beforeTrigger(store, [FLOW], TRIGGERED);
  expect(found?.entries).toEqual([
    {
      ...{ host: 'b', pod: null, before_us: 900_000, back: false },
      ...{ kind: 'rtt', value: 1200, unit: 'us' },
    },
    expect.objectContaining({ kind: 'window_shut', pod: 'a1', back: true }),
    expect.objectContaining({ kind: 'rto', pod: 'a1', before_us: 20_000, unit: 'segments' }),
  ]);
});

it('finds the flow under the address that it asked for, and takes the next where nothing was kept', async () => {
  const service = { dst: '10.96.0.10', dst_port: 8080 };
  await store.insert('nat_binding', [
    {
      ...{ ...FLOW, ...service, host: 'a', kind: 'dnat', received_ns: AT },
      ...{ reply_src: FLOW.dst, reply_src_port: 80, reply_dst: FLOW.src, reply_dst_port: 40000 },
      ...{ first_seen_ns: AT - 50 * SECOND, last_seen_ns: AT },
    },
  ]);
  await store.insert('flight', [kept(20, 'hole', 1448, service)]);
  const other = { ...FLOW, src_port: 9 };
  expect(await beforeTrigger(store, [other], TRIGGERED)).toBeUndefined();
  expect(await beforeTrigger(store, [other, FLOW], TRIGGERED)).toMatchObject({
    flow: { dst: FLOW.dst, dst_port: 80 },
    entries: [{ kind: 'hole', value: 1448, unit: 'bytes' }],
  });
});
