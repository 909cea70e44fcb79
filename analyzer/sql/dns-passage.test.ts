import { expect, it } from 'vitest';
import { MemoryStore } from './fixtures.js';

const SECOND = 1_000_000_000;
const NOW = 1_000 * SECOND;
const CLIENT = { host: 'a', address: '10.244.1.11', ifindex: 3 };
const SERVER = { host: 'b', address: '10.244.2.12', ifindex: 4 };
const SERVICE = '10.96.0.10';

const endpoint = (end: typeof CLIENT) => ({
  ...{ ...end, role: 'pod', pod: `pod-${end.host}`, present: 1 },
  ...{ time_ns: NOW - 100 * SECOND, received_ns: NOW - 100 * SECOND },
});

const exchange = (at: typeof CLIENT, dst: string, wait_ns: number, state: string) => ({
  ...{ host: at.host, ifindex: at.ifindex, tap_role: 'pod' },
  ...{ src: CLIENT.address, dst, dst_port: 53, protocol: 17, transaction_id: 7, query_type: 1 },
  ...{ name: 'db.internal', query_ns: NOW - 3 * SECOND, wait_ns, state, received_ns: NOW },
});

it('joins the places of a query, also where its server is asked by the address of a service', async () => {
  const store = await MemoryStore.withViews();
  await store.insert('endpoint', [endpoint(CLIENT), endpoint(SERVER)]);
  await store.insert('dns_exchange', [
    exchange(CLIENT, SERVICE, SECOND, 'unanswered'),
    exchange(CLIENT, SERVICE, 2 * SECOND, 'answered'),
    exchange(SERVER, SERVER.address, SECOND / 2, 'answered'),
  ]);
  const rows = await store.query(
    `SELECT * FROM dns_passage(${NOW - 5 * SECOND}, ${NOW}) ORDER BY place`,
  );
  const same = { src: CLIENT.address, transaction_id: 7, name: 'db.internal', answers: 1 };
  expect(rows).toMatchObject([
    { ...same, place: 'ap', dst: SERVICE, wait_us: 2e6 },
    { ...same, place: 'bp', dst: SERVER.address, wait_us: 5e5 },
  ]);
});
