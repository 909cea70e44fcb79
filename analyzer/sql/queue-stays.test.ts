import { expect, it } from 'vitest';
import { MemoryStore } from './fixtures.js';

const SECOND = 1_000_000_000;
const NOW = 1_000 * SECOND;
const AT = NOW - SECOND;
const FLOW = {
  src: '10.244.1.11',
  src_port: 40_000,
  dst: '10.244.2.11',
  dst_port: 80,
  protocol: 6,
};

const packet = (probe: string, afterUs: number, more: object = {}) => ({
  ...{ ...FLOW, host: 'b', netns: 7, ifindex: 3, ifname: 'veth1', tap_role: 'none', armed: 1 },
  ...{ probe, time_ns: AT + afterUs * 1000, received_ns: NOW, ip_id: 1, ack: 5 },
  ...{ seq: 100, end_seq: 300, ...more },
});

it('tells how long each packet stood in the queue of a device besides the uplinks', async () => {
  const store = await MemoryStore.withViews();
  await store.insert('packet_event', [
    packet('qdisc_enqueue', 0),
    packet('dev_xmit', 9000),
    // Sent again, and at once.
    packet('qdisc_enqueue', 20_000, { ip_id: 2 }),
    packet('dev_xmit', 20_010, { ip_id: 2 }),
    // Still in the queue.
    packet('qdisc_enqueue', 30_000, { seq: 300, end_seq: 500 }),
    packet('qdisc_enqueue', 0, { tap_role: 'uplink', ifindex: 2, ifname: 'up0' }),
    packet('dev_xmit', 5000, { tap_role: 'uplink', ifindex: 2, ifname: 'up0' }),
  ]);
  const rows = await store.query(`SELECT * FROM queue_stays(${NOW - 2 * SECOND}, ${NOW}, 300)`);
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ ...FLOW, host: 'b', ifname: 'veth1' });
  expect(Number(rows[0]?.['end_ns']) - Number(rows[0]?.['start_ns'])).toBe(9_000_000);
});
