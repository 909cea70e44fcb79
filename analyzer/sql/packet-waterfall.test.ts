import { beforeEach, describe, expect, it } from 'vitest';
import { reversed } from '../ledgers/flow.js';
import { MemoryStore } from './fixtures.js';

const FLOW = { src: '10.1.0.2', src_port: 40000, dst: '10.2.0.2', dst_port: 80, protocol: 6 };
const BACK = reversed(FLOW);
const US = 1000;
const MSS = 1400;
const ACK = 16;
/** Host b's clock is far from a's. */
const B_US = 7_000_000;

type Row = Record<string, unknown>;

let store: MemoryStore;
beforeEach(async () => {
  store = await MemoryStore.withViews();
  const pod = { role: 'pod', ifindex: 5, present: 1, time_ns: 1, received_ns: 1 };
  await store.insert('endpoint', [
    { ...pod, host: 'a', pod: 'a1', address: FLOW.src },
    { ...pod, host: 'b', pod: 'b1', address: FLOW.dst },
  ]);
});

const PLACES = {
  ap: { host: 'a', probe: 'tap', tap_role: 'pod', ifindex: 5, hook: 'ingress' },
  au: { host: 'a', probe: 'tap', tap_role: 'uplink', ifindex: 2, hook: 'egress' },
  xmit: { host: 'a', probe: 'dev_xmit', tap_role: 'uplink', ifindex: 2 },
  rx: { host: 'b', probe: 'netif_rx', tap_role: 'uplink', ifindex: 2 },
  bu: { host: 'b', probe: 'tap', tap_role: 'uplink', ifindex: 2, hook: 'ingress' },
  bp: { host: 'b', probe: 'tap', tap_role: 'pod', ifindex: 5, hook: 'egress' },
  ackXmit: { host: 'b', probe: 'dev_xmit', tap_role: 'uplink', ifindex: 2 },
  ackRx: { host: 'a', probe: 'netif_rx', tap_role: 'uplink', ifindex: 2 },
} as const;
type Place = keyof typeof PLACES;

/** A packet with bytes [seq, end) at a place, microseconds of that host's clock. */
const packet = (place: Place, us: number, seq: number, end: number, ip_id: number): Row => ({
  ...{ ...FLOW, ...PLACES[place], time_ns: (us + (PLACES[place].host === 'b' ? B_US : 0)) * US },
  ...{ seq, end_seq: end, ip_id, flags: ACK, armed: 1, received_ns: 2, length: end - seq + 40 },
});
const ack = (place: 'ackXmit' | 'ackRx', us: number, number: number, ip_id: number): Row => ({
  ...packet(place, us, 0, 0, ip_id),
  ...{ ...BACK, ack: number },
});
const call = (probe: string, us: number, more: Row): Row => ({
  ...(probe === 'send' || probe === 'retransmit' ? FLOW : BACK),
  host: probe === 'send' || probe === 'retransmit' ? 'a' : 'b',
  ...{ probe, time_ns: (us + (probe === 'send' || probe === 'retransmit' ? 0 : B_US)) * US },
  ...{ pid: 7, comm: 'app', received_ns: 2, ...more },
});

const waterfall = (): Promise<Row[]> =>
  store.query(`SELECT * FROM packet_waterfall('10.1.0.2', 40000, '10.2.0.2', 80, 0, 10000000000)`);
const stepsOf = (rows: Row[], segment: number): string[] =>
  rows
    .filter((row) => row['segment'] === segment)
    .map((row) =>
      [row['host'], ...(row['is_ack'] ? ['ack'] : []), row['place'] ?? row['probe']].join(' '),
    );

const WAY = ['a ap', 'a au', 'a dev_xmit', 'b netif_rx', 'b bu', 'b bp'];

/** One segment over all places from `us` on. */
const whole = (us: number, seq: number, end: number, ip_id: number): Row[] =>
  (['ap', 'au', 'xmit', 'rx', 'bu', 'bp'] as const).map((place, i) =>
    packet(place, us + i * 10, seq, end, ip_id),
  );

describe('packet_waterfall', () => {
  it('is one ordered list from the write to the acknowledgement, each wait on one clock', async () => {
    await store.insert('packet_event', [
      ack('ackRx', 50, 1000, 70),
      ...whole(100, 1000, 1100, 1),
      ack('ackXmit', 190, 1100, 71),
      ack('ackRx', 300, 1100, 71),
    ]);
    await store.insert('socket_event', [
      call('send', 90, { bytes: 900, write_queue_bytes: 0 }),
      call('send', 125, { bytes: 100, write_queue_bytes: 100 }),
      call('data_ready', 160, { read_queue_bytes: 100 }),
      call('receive', 180, { bytes: 100, read_queue_bytes: 0 }),
    ]);
    const rows = await waterfall();
    expect(stepsOf(rows, 1)).toEqual([
      ...['a ap', 'a au', 'a dev_xmit', 'a send'],
      ...['b netif_rx', 'b bu', 'b bp', 'b data_ready', 'b receive', 'b ack dev_xmit'],
      'a ack netif_rx',
    ]);
    expect(rows.map((row) => row['leg'])).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3]);
    expect(rows.map((row) => row['wait_us'])).toEqual([
      ...[null, 10, 10, 5],
      ...[null, 10, 10, 10, 20, 10],
      175,
    ]);
    expect(rows.find((row) => row['probe'] === 'send')).toMatchObject({
      bytes: 100,
      matched: 'queue',
    });
    expect(rows.find((row) => row['probe'] === 'receive')).toMatchObject({ matched: 'queue' });
    expect(rows[0]).toMatchObject({
      missing: [],
      judged: true,
      passage: 1,
      seq: 1000,
      end_seq: 1100,
    });
  });

  it('says when a call is only the nearest in time', async () => {
    await store.insert('packet_event', whole(100, 1000, 1100, 1));
    await store.insert('socket_event', [call('send', 125, { bytes: 100, write_queue_bytes: 100 })]);
    const rows = await waterfall();
    expect(rows.find((row) => row['probe'] === 'send')).toMatchObject({ matched: 'time' });
  });

  it('finds a segment in the super-packet that holds it, and the pieces of one that was split', async () => {
    const end = (n: number): number => n * MSS;
    await store.insert('packet_event', [
      packet('ap', 0, 0, end(2), 5),
      packet('ap', 5, end(2), end(3), 7),
      ...[0, 1, 2].map((i) => packet('bu', i, end(i), end(i + 1), 5 + i)),
      packet('bp', 20, 0, end(3), 5),
    ]);
    const rows = await waterfall();
    const at = (segment: number, place: string): Row | undefined =>
      rows.find((row) => row['segment'] === segment && row['place'] === place);
    expect(at(1, 'bu')).toMatchObject({ packets: 2, spread_us: 1, matched: 'sequence' });
    expect(at(2, 'bu')).toMatchObject({ packets: 1, spread_us: 0 });
    expect([at(1, 'bp')?.['time_ns'], at(2, 'bp')?.['time_ns']]).toEqual(
      Array(2).fill((20 + B_US) * US),
    );
    expect(rows[0]).toMatchObject({ missing: ['au'] });
  });

  it('tells a re-send from the first passage, where that ended in a drop', async () => {
    const drop = {
      tap_role: 'none',
      drop_reason_name: 'NETFILTER_DROP',
      drop_symbol: 'nft_do_chain',
    };
    await store.insert('packet_event', [
      packet('ap', 0, 1000, 1100, 1),
      { ...packet('ap', 5, 1000, 1100, 1), probe: 'drop', ...drop },
      ...whole(200_000, 1000, 1100, 2),
      ack('ackXmit', 200_100, 1100, 9),
    ]);
    await store.insert('socket_event', [call('retransmit', 200_002, {})]);
    const rows = await waterfall();
    expect(stepsOf(rows, 1)).toEqual(['a ap', 'a drop']);
    expect(rows[1]).toMatchObject({ drop_reason: 'NETFILTER_DROP', dropped: true, missing: [] });
    expect(stepsOf(rows, 2)).toEqual([
      ...['a ap', 'a retransmit', ...WAY.slice(1), 'b ack dev_xmit'],
    ]);
    expect(rows.at(-1)).toMatchObject({ passage: 2, dropped: false });
  });

  it('takes the last of passages that look alike for the last to be sent', async () => {
    await store.insert('packet_event', [
      packet('ap', 0, 1000, 1100, 0),
      ...whole(200_000, 1000, 1100, 0),
    ]);
    const rows = await waterfall();
    expect(stepsOf(rows, 1)).toEqual(['a ap']);
    expect(stepsOf(rows, 2)).toEqual(WAY);
    expect(rows.find((row) => row['place'] === 'bp')).toMatchObject({ matched: 'order' });
  });

  it('follows a segment through a service address and a host that stands for its pod', async () => {
    const asked = { dst: '10.96.0.10', dst_port: 8080 };
    const masqueraded = { src: '192.168.1.2', src_port: 61000 };
    await store.insert('nat_binding', [
      {
        ...{ ...FLOW, ...asked, host: 'a', kind: 'both', received_ns: 2, last_seen_ns: 1 },
        ...{ reply_src: FLOW.dst, reply_src_port: FLOW.dst_port },
        ...{ reply_dst: masqueraded.src, reply_dst_port: masqueraded.src_port },
      },
    ]);
    const [first, ...others] = whole(100, 1000, 1100, 1);
    await store.insert('packet_event', [
      { ...first, ...asked },
      ...others.map((row) => ({ ...row, ...masqueraded })),
    ]);
    await store.insert('socket_event', [
      { ...call('send', 125, { bytes: 100 }), ...asked },
      { ...call('data_ready', 160, {}), dst: masqueraded.src, dst_port: masqueraded.src_port },
    ]);
    const way = stepsOf(await waterfall(), 1);
    expect(way).toEqual([...WAY.slice(0, 3), 'a send', ...WAY.slice(3), 'b data_ready']);
  });

  it('counts as missing what a tap did not see, from where every tap was armed', async () => {
    await store.insert('packet_event', [
      packet('ap', 0, 0, 100, 1),
      ...whole(1000, 100, 200, 2),
      ...whole(2000, 200, 300, 3).filter((row) => row['hook'] !== 'egress'),
      ...whole(3000, 300, 400, 4),
      packet('ap', 4000, 400, 500, 5),
    ]);
    const rows = (await waterfall()).filter((row) => row['step'] === 1);
    expect(rows.map((row) => row['judged'])).toEqual([false, true, true, true, false]);
    expect(rows.map((row) => row['missing'])).toEqual([
      ...[['au', 'bu', 'bp'], [], ['au', 'bp'], []],
      ['au', 'bu', 'bp'],
    ]);
  });

  it('counts as missing what was sent again since, though no tap beyond saw anything later', async () => {
    await store.insert('packet_event', [
      ...whole(0, 0, 100, 1),
      packet('ap', 1000, 100, 200, 2),
      packet('ap', 300_000, 100, 200, 3),
    ]);
    const rows = (await waterfall()).filter((row) => row['step'] === 1);
    expect(rows.map((row) => row['judged'])).toEqual([true, true, false]);
    expect(rows[1]).toMatchObject({ passage: 1, missing: ['au', 'bu', 'bp'] });
    expect(rows.map((row) => row['lost'])).toEqual([false, true, false]);
  });

  it('names who ran while the reader waited for a processor', async () => {
    await store.insert('packet_event', whole(100, 1000, 1100, 1));
    await store.insert('socket_event', [
      call('data_ready', 160, {}),
      call('receive', 5160, { bytes: 100, read_queue_bytes: 0 }),
    ]);
    const at = (us: number): number => (us + B_US) * US;
    const thread = { host: 'b', received_ns: 2, cpu: 1 };
    await store.insert('sched_event', [
      {
        ...thread,
        kind: 'wait',
        watched: 1,
        pid: 7,
        comm: 'app',
        start_ns: at(60),
        end_ns: at(4160),
      },
      { ...thread, kind: 'slice', pid: 9, tgid: 9, comm: 'hog', start_ns: at(0), end_ns: at(4160) },
    ]);
    const read = (await waterfall()).find((row) => row['probe'] === 'receive');
    expect(read?.['waits']).toEqual([{ kind: 'wait', us: 4000, task: 'app/7', ran: 'hog/9' }]);
  });
});
