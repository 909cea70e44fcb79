import { beforeEach, expect, it } from 'vitest';
import type { FlowKey } from '../incidents/engine.js';
import { flowId, reversed } from '../ledgers/flow.js';
import { observe } from '../ledgers/observe.js';
import { translationsOf } from '../ledgers/translations.js';
import { MemoryStore } from './fixtures.js';

const SECOND = 1_000_000_000;
const NOW = 1_000 * SECOND;
const window = { fromNs: BigInt(NOW - 3 * SECOND), toNs: BigInt(NOW) };
const baseline = { fromNs: BigInt(NOW - 30 * SECOND), toNs: BigInt(NOW - 4 * SECOND) };

const CLIENT = '10.244.1.11';
const BACKEND = '10.244.2.11';
const flow = (src: string, src_port: number, dst: string, dst_port: number): FlowKey => ({
  ...{ src, src_port, dst, dst_port },
  protocol: 6,
});
const TRUE = flow(CLIENT, 40000, BACKEND, 8080);
const ASKED = flow(CLIENT, 40000, '10.96.0.10', 80);
const MASQUERADED = flow('192.168.1.2', 61000, BACKEND, 8080);

let store: MemoryStore;
beforeEach(async () => {
  store = await MemoryStore.withViews();
  const pod = { role: 'pod', ifindex: 3, present: 1, received_ns: 1 };
  await store.insert('endpoint', [
    { ...pod, host: 'a', address: CLIENT, pod: 'a-p1' },
    { ...pod, host: 'b', address: BACKEND, pod: 'b-p1' },
    { ...pod, host: 'a', address: '192.168.1.2', role: 'underlay', ifindex: 0 },
  ]);
});

/** What host a's conntrack says: who asked whom, and what became of it. */
const binding = (asked: FlowKey, sent: FlowKey, seenNs: number): Record<string, unknown> => ({
  ...asked,
  ...{ reply_src: sent.dst, reply_src_port: sent.dst_port },
  ...{ reply_dst: sent.src, reply_dst_port: sent.src_port },
  ...{ host: 'a', kind: 'dnat', received_ns: seenNs },
  ...{ first_seen_ns: seenNs, last_seen_ns: seenNs },
});

/** One mark at all four taps: the client's pod tap sees `near`, the others `far`. */
async function mark(near: FlowKey, far: FlowKey, atNs: number): Promise<void> {
  const at = (host: string, tap_role: string, seen: FlowKey, turnaround_ns: number) => ({
    ...seen,
    ...{ host, tap_role, ifindex: tap_role === 'pod' ? 3 : 0, turnaround_ns },
    ...{ mark: 16384, closing_ack: 16385, class: 'exact', start_ns: atNs, received_ns: atNs },
  });
  const interval = (host: string, tap_role: string, seen: FlowKey, syns: number) => ({
    ...at(host, tap_role, seen, 0),
    ...{ interval_start_ns: atNs - SECOND, interval_end_ns: atNs, packets: 1, syns },
  });
  await store.insert('mark_sample', [
    at('a', 'pod', near, 4_000_000),
    at('a', 'uplink', far, 3_000_000),
    at('b', 'uplink', far, 2_000_000),
    at('b', 'pod', far, 1_000_000),
  ]);
  await store.insert('flow_interval', [
    interval('a', 'pod', near, 1),
    interval('b', 'pod', far, 1),
    interval('a', 'pod', reversed(near), 0),
  ]);
}

it.each([
  ['a service address', ASKED, TRUE],
  ['a host that stands for its pod', TRUE, MASQUERADED],
  ['both', ASKED, MASQUERADED],
])('joins the four taps of a flow through %s', async (_, asked, sent) => {
  await store.insert('nat_binding', [binding(asked, sent, NOW - SECOND)]);
  await mark(asked, sent, NOW - 2 * SECOND);
  const { directions } = await observe(store, window, baseline, []);
  expect([...directions.keys()].sort()).toEqual([flowId(TRUE), flowId(reversed(TRUE))].sort());
  expect(directions.get(flowId(TRUE))).toMatchObject({
    ...{ srcHost: 'a', srcPod: 'a-p1', dstHost: 'b', dstPod: 'b-p1' },
    now: [{ r_ap: 4000, r_au: 3000, t_bu: 2000, t_bp: 1000 }],
    account: { ap: { syns: 1 }, bp: { syns: 1 } },
  });
});

it('does not join what no host translated', async () => {
  await mark(ASKED, TRUE, NOW - 2 * SECOND);
  const { directions } = await observe(store, window, baseline, []);
  expect(directions.get(flowId(TRUE))?.now).toMatchObject([{ r_ap: null, t_bp: 1000 }]);
});

it('follows a port that is used again for another backend', async () => {
  const other = { ...TRUE, dst_port: 8081 };
  await store.insert('nat_binding', [
    binding(ASKED, TRUE, NOW - 2.5 * SECOND),
    binding(ASKED, other, NOW - SECOND),
  ]);
  await mark(ASKED, TRUE, NOW - 2 * SECOND);
  await mark(ASKED, other, NOW - 0.5 * SECOND);
  const { directions } = await observe(store, window, baseline, []);
  for (const each of [TRUE, other])
    expect(directions.get(flowId(each))?.now).toMatchObject([{ r_ap: 4000, t_bu: 2000 }]);
});

it('knows a flow by any of its addresses', async () => {
  await store.insert('nat_binding', [
    binding(ASKED, MASQUERADED, NOW - SECOND),
    binding({ ...ASKED, src_port: 40001 }, { ...MASQUERADED, src_port: 61001 }, NOW - SECOND),
  ]);
  for (const seen of [ASKED, MASQUERADED, TRUE]) {
    const translations = await translationsOf(store, window, [reversed(seen)]);
    expect(translations.bindings).toHaveLength(1);
    expect(translations.trueFlow(reversed(seen))).toEqual(reversed(TRUE));
    expect(translations.tuplesOf(TRUE)).toEqual([TRUE, ASKED, MASQUERADED]);
  }
});
