import { beforeEach, expect, it } from 'vitest';
import { MemoryStore } from './fixtures.js';

const SECOND = 1_000_000_000;
const NOW = 1_000 * SECOND;
const ago = (seconds: number): number => NOW - seconds * SECOND;

const OUTER = { outer_src: '192.0.2.1', outer_dst: '192.0.2.2', outer_dst_port: 8472 };
const pod = (host: string, name: string, address: string, time_ns = ago(500)) => ({
  ...{ host, pod: name, address, role: 'pod', present: 1, time_ns, received_ns: time_ns },
});
const inner = (src: string, src_port: number) => ({
  ...{ src, src_port, dst: '10.2.0.2', dst_port: 80, protocol: 6 },
});
const mapping = (flow: object, outer_src_port: number, used: number, created = used) => ({
  ...{ host: 'a', encapsulation: 'vxlan', hook: 'egress', ...OUTER, ...flow, outer_src_port },
  ...{ first_seen_ns: ago(created), last_seen_ns: ago(used), received_ns: ago(used) },
});
const record = (src_port: number, bytes: number, more: object = {}) => ({
  ...{ exporter: '192.0.2.9', input_interface: 1, output_interface: 2, sampling: 1 },
  ...{ src: '192.0.2.1', dst: '192.0.2.2', src_port, dst_port: 8472, protocol: 17, bytes },
  ...{ start_ns: ago(2), end_ns: ago(1), received_ns: ago(1), ...more },
});
const sent = (flow: object, wire_bytes: number) => ({
  ...{ host: 'a', tap_role: 'uplink', ...flow, wire_bytes, received_ns: ago(1) },
});

const A1 = '10.1.0.2';
const A2 = '10.1.0.3';

let store: MemoryStore;
beforeEach(async () => {
  store = await MemoryStore.withViews();
  await store.insert('endpoint', [
    pod('a', 'a1', A1),
    pod('a', 'a2', A2),
    pod('b', 'b1', '10.2.0.2'),
  ]);
});

const pods = (from = 5, to = 0) =>
  store.query(
    `SELECT output_interface, source, destination, bytes, round(share, 2) AS share
     FROM link_pods(${ago(from)}::BIGINT, ${ago(to)}::BIGINT)`,
  );

it('names the pods that shared a link, heaviest first, scaled by the sampling rate', async () => {
  await store.insert('mapping', [mapping(inner(A1, 1), 50001, 1), mapping(inner(A2, 2), 50002, 1)]);
  await store.insert('network_flow', [record(50001, 1000), record(50002, 300, { sampling: 10 })]);
  expect(await pods()).toEqual([
    { output_interface: 2, source: 'a2', destination: 'b1', bytes: 3000, share: 0.75 },
    { output_interface: 2, source: 'a1', destination: 'b1', bytes: 1000, share: 0.25 },
  ]);
});

it('divides what flows under one header carried as the uplinks saw them', async () => {
  const [first, second] = [inner(A1, 1), inner(A2, 2)];
  await store.insert('mapping', [mapping(first, 50001, 1), mapping(second, 50001, 1)]);
  await store.insert('flow_interval', [sent(first, 100), sent(second, 900)]);
  await store.insert('network_flow', [record(50001, 2000)]);
  expect(await pods()).toMatchObject([
    { source: 'a2', bytes: 1800 },
    { source: 'a1', bytes: 200 },
  ]);
});

it('ties a header that was used again to whoever had it at the time of the record', async () => {
  const first = inner(A1, 1);
  await store.insert('mapping', [
    mapping(first, 50001, 41, 41),
    mapping(first, 50001, 40, 41),
    mapping(inner(A2, 2), 50001, 20, 21),
    // The first flow speaks again, in the same entry of its host.
    mapping(first, 50001, 1, 41),
  ]);
  const during = (seconds: number, bytes: number) =>
    record(50001, bytes, { start_ns: ago(seconds + 0.5), end_ns: ago(seconds) });
  await store.insert('network_flow', [during(40.2, 1), during(20.2, 2), during(1, 4)]);
  expect(await pods(60)).toMatchObject([
    { source: 'a1', bytes: 5 },
    { source: 'a2', bytes: 2 },
  ]);
});

it('counts packets once that a device tells of where they come in and where they go out', async () => {
  await store.insert('mapping', [mapping(inner(A1, 1), 50001, 1)]);
  await store.insert('network_flow', [
    record(50001, 1000, { direction: 'ingress', domain: 1 }),
    record(50001, 990, { direction: 'egress', domain: 2 }),
  ]);
  expect(await pods()).toMatchObject([{ bytes: 1000 }]);
});

it('takes of a record what falls into the window, and keeps what it cannot tie', async () => {
  await store.insert('network_flow', [record(50009, 1000, { start_ns: ago(8), end_ns: ago(2) })]);
  await store.insert('endpoint', [
    { ...pod('a', '', '192.0.2.1'), role: 'underlay' },
    { ...pod('b', '', '192.0.2.2'), role: 'underlay' },
  ]);
  expect(await pods(5, 2)).toMatchObject([{ source: 'a', destination: 'b', bytes: 500 }]);
});

it('says whose packet an underlay header was at a time, also after it was used again', async () => {
  const first = inner(A1, 1);
  await store.insert('mapping', [
    mapping(first, 50001, 41, 41),
    mapping(first, 50001, 40, 41),
    mapping(inner(A2, 2), 50001, 21, 22),
    mapping(inner(A2, 2), 50001, 20, 22),
    mapping(first, 50001, 1, 41),
  ]);
  const owners = (seconds: number) =>
    store.query(
      `SELECT src_pod, dst_pod, used FROM packet_owners('192.0.2.1', 50001, '192.0.2.2', 8472, ${ago(seconds)}::BIGINT)`,
    );
  expect(await owners(40.5)).toEqual([{ src_pod: 'a1', dst_pod: 'b1', used: true }]);
  expect(await owners(20.5)).toEqual([{ src_pod: 'a2', dst_pod: 'b1', used: true }]);
  expect(await owners(1)).toEqual([{ src_pod: 'a1', dst_pod: 'b1', used: true }]);
  expect(await owners(18)).toEqual([{ src_pod: 'a2', dst_pod: 'b1', used: false }]);
});
