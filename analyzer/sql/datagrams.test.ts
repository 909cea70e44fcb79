import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryStore } from './fixtures.js';

const FLOW = { src: '10.1.0.2', src_port: 40000, dst: '10.2.0.2', dst_port: 5004, protocol: 17 };
const MS = 1_000_000;
const END = 3000 * MS;
const UPLINK = { tap_role: 'uplink', ifindex: 2 };

describe('datagrams', () => {
  let store: MemoryStore;
  beforeEach(async () => {
    store = await MemoryStore.withViews();
    const pod = { role: 'pod', ifindex: 5, present: 1, time_ns: 1, received_ns: 1 };
    await store.insert('endpoint', [
      { ...pod, host: 'a', pod: 'a1', address: FLOW.src },
      { ...pod, host: 'b', pod: 'b1', address: FLOW.dst },
    ]);
  });

  const seen = (host: 'a' | 'b', name: number, atMs: number) => ({
    ...{ ...FLOW, ...UPLINK, host, probe: 'tap', hook: host === 'a' ? 'egress' : 'ingress' },
    ...{ seq: name, end_seq: name + 100, time_ns: atMs * MS, armed: 1, received_ns: 2 },
  });
  /** From which both hosts tell. */
  const first = [seen('a', 3, 50), seen('b', 3, 51)];
  const ranges = () =>
    store.query(`SELECT place, bytes, packets FROM tap_ranges(0, ${END}) ORDER BY place`);

  it('that a tap did not see are missing there, whatever their names', async () => {
    const names = [4_000_000_000, 7, 900, 55_000, 12];
    await store.insert('packet_event', [
      ...first,
      ...names.map((name, n) => seen('a', name, 100 * (n + 1))),
      ...names.filter((name) => name !== 900).map((name, n) => seen('b', name, 100 * n + 101)),
    ]);
    expect(await ranges()).toEqual([
      { place: 'au', bytes: 500, packets: 5 },
      { place: 'bu', bytes: 400, packets: 4 },
    ]);
  });

  it('are not missing while they may be under way', async () => {
    await store.insert('packet_event', [
      ...[...first, seen('a', 1, 200), seen('b', 1, 201), seen('a', 2, 2900)],
    ]);
    expect(await ranges()).toEqual([
      { place: 'au', bytes: 100, packets: 1 },
      { place: 'bu', bytes: 100, packets: 1 },
    ]);
  });

  it('that look alike are no marks', async () => {
    const sample = (host: 'a' | 'b', mark: number, start_ns: number) => ({
      ...{ ...FLOW, ...UPLINK, host, mark, closing_ack: 9, class: 'exact', piggyback: 1 },
      ...{ start_ns, turnaround_ns: MS, received_ns: 2 },
    });
    await store.insert('mark_sample', [
      ...[sample('a', 1, 10 * MS), sample('b', 1, 11 * MS)],
      ...[sample('a', 2, 20 * MS), sample('a', 2, 30 * MS), sample('b', 2, 21 * MS)],
    ]);
    const marks = await store.query(`SELECT mark FROM mark_split(0, ${END})`);
    expect(marks).toEqual([{ mark: 1 }]);
  });
});
