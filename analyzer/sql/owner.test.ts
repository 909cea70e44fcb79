import { beforeEach, expect, it } from 'vitest';
import { Case } from '../incidents/case.js';
import { dataQuality } from '../incidents/quality.js';
import type { FlowKey } from '../incidents/engine.js';
import { flowId } from '../ledgers/flow.js';
import { observe, type Window } from '../ledgers/observe.js';
import { MemoryStore } from './fixtures.js';

const SECOND = 1_000_000_000;
const NOW = 1_000 * SECOND;
/** The address is one pod's until here, another's on another host from here on. */
const MOVED = NOW - 10 * SECOND;
const ADDRESS = '10.244.9.9';
const PEER = '10.244.3.11';

const OLD = { host: 'a', pod: 'a-old', netns: 71, ifindex: 3 };
const NEW = { host: 'b', pod: 'b-new', netns: 72, ifindex: 4 };
const endpoint = (owner: typeof OLD, present: 0 | 1, time_ns: number, received_ns = time_ns) => ({
  ...{ ...owner, address: ADDRESS, role: 'pod' },
  ...{ present, time_ns, received_ns },
});

const flow = (src_port: number): FlowKey => ({
  ...{ src: ADDRESS, src_port, dst: PEER, dst_port: 80 },
  protocol: 6,
});
const interval = (owner: typeof OLD, port: number, at: number) => ({
  ...{ ...flow(port), host: owner.host, ifindex: owner.ifindex, tap_role: 'pod', packets: 1 },
  ...{ interval_start_ns: at - SECOND / 2, interval_end_ns: at, received_ns: at },
});

let store: MemoryStore;
beforeEach(async () => {
  store = await MemoryStore.withViews();
  await store.insert('endpoint', [
    endpoint(OLD, 1, NOW - 100 * SECOND),
    endpoint(NEW, 1, MOVED),
    // The word of a loss may come after that of the address being found again.
    endpoint(OLD, 0, MOVED + SECOND / 4),
  ]);
  await store.insert('flow_interval', [
    interval(OLD, 40000, MOVED - SECOND),
    interval(NEW, 50000, MOVED + SECOND),
  ]);
});

const windowTo = (toNs: number, seconds = 3): Window => ({
  fromNs: BigInt(toNs - seconds * SECOND),
  toNs: BigInt(toNs),
});
const seen = (window: Window) => observe(store, window, windowTo(NOW - 200 * SECOND), []);

it('gives records of both times to the pod that had the address then', async () => {
  const { directions } = await seen(windowTo(NOW, 20));
  expect(directions.get(flowId(flow(40000)))).toMatchObject({
    ...{ srcHost: 'a', srcPod: 'a-old' },
    account: { ap: { host: 'a', src_present: false } },
  });
  expect(directions.get(flowId(flow(50000)))).toMatchObject({
    ...{ srcHost: 'b', srcPod: 'b-new' },
    account: { ap: { host: 'b', src_present: true } },
  });
});

it('knows the owner of the time that is looked at', async () => {
  const ownerAt = async (toNs: number): Promise<unknown> =>
    (await seen(windowTo(toNs))).endpoints.get(ADDRESS);
  expect(await ownerAt(MOVED - SECOND / 2)).toMatchObject({ pod: 'a-old', present: true });
  expect(await ownerAt(NOW)).toMatchObject({ host: 'b', pod: 'b-new', present: true });
});

it('leaves an address to whom it was given last, though the other is told of again', async () => {
  await store.insert('endpoint', [endpoint(OLD, 1, NOW - 100 * SECOND, NOW)]);
  expect((await seen(windowTo(NOW))).endpoints.get(ADDRESS)).toMatchObject({ pod: 'b-new' });
});

it('knows of an address that was lost and not given to anybody, or found again', async () => {
  await store.insert('endpoint', [endpoint(NEW, 0, NOW - 5 * SECOND)]);
  expect((await seen(windowTo(NOW))).endpoints.get(ADDRESS)).toMatchObject({
    ...{ pod: 'b-new', present: false },
  });
  await store.insert('endpoint', [endpoint(NEW, 1, NOW - 4 * SECOND)]);
  expect((await seen(windowTo(NOW))).endpoints.get(ADDRESS)).toMatchObject({ present: true });
});

it('survives that the clock of a host starts anew', async () => {
  await store.query(`UPDATE host_clock SET offset_ns = ${50 * SECOND} WHERE host = 'b'`);
  expect((await seen(windowTo(NOW))).endpoints.get(ADDRESS)).toMatchObject({ pod: 'b-new' });
});

it('names the process that held the socket at the time', async () => {
  const socket = (owner: typeof OLD, port: number, comm: string, time_ns: number) => ({
    ...{ ...flow(port), host: owner.host, netns: owner.netns, comm, tgid: 7 },
    ...{ time_ns, received_ns: time_ns },
  });
  await store.insert('socket_owner', [
    socket(OLD, 40000, 'then', MOVED - 5 * SECOND),
    socket(OLD, 50000, 'gone', MOVED - 5 * SECOND),
    socket(NEW, 50000, 'first', MOVED + SECOND),
    socket(NEW, 50000, 'later', NOW - 2 * SECOND),
  ]);
  const processAt = async (toNs: number, port: number): Promise<string | undefined> => {
    const subject = new Case('c', BigInt(toNs));
    const observations = await seen(windowTo(toNs));
    const { processes } = await dataQuality(store, subject, observations);
    return processes.get(flowId(flow(port)));
  };
  expect(await processAt(MOVED - SECOND / 2, 40000)).toBe('then/7');
  expect(await processAt(MOVED - SECOND / 2, 50000)).toBe('gone/7');
  expect(await processAt(NOW - 5 * SECOND, 50000)).toBe('first/7');
  expect(await processAt(NOW, 50000)).toBe('later/7');
  expect(await processAt(NOW, 40000)).toBeUndefined();
});
