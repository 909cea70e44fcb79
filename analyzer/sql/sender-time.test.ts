import { describe, expect, it } from 'vitest';
import { MemoryStore } from './fixtures.js';

const SECOND = 1_000_000_000;
const FLOW = { src: '10.1.0.2', src_port: 40000, dst: '10.2.0.2', dst_port: 80, protocol: 6 };

/** Busy all the time; the send buffer holds it from second 10 on. */
const look = (seconds: number): Record<string, unknown> => ({
  ...FLOW,
  host: 'a',
  time_ns: seconds * SECOND,
  received_ns: seconds * SECOND,
  busy_us: seconds * 1e6,
  sndbuf_limited_us: Math.max(0, seconds - 10) * 0.9e6,
  bytes_acked: Math.min(seconds, 10) * 2e6 + Math.max(0, seconds - 10) * 0.5e6,
  srtt_us: 80_000,
  snd_cwnd: 200,
  packets_out: 40,
  writer_waits: seconds > 10 ? 1 : 0,
  write_queue_bytes: 60_000,
  comm: 'node',
  tgid: 7,
});

/** At the reader of FLOW's data: so much unread from then on. */
const event = (ms: number, probe: string, unread: number): Record<string, unknown> => ({
  src: FLOW.dst,
  src_port: FLOW.dst_port,
  dst: FLOW.src,
  dst_port: FLOW.src_port,
  protocol: 6,
  host: 'b',
  time_ns: ms * 1e6,
  received_ns: ms * 1e6,
  probe,
  read_queue_bytes: unread,
  rcv_wnd: 10_000 - unread,
  comm: 'sink',
});

async function storeWith(table: string, rows: Record<string, unknown>[]): Promise<MemoryStore> {
  const store = await MemoryStore.withViews();
  await store.insert(table, rows);
  return store;
}

describe('sender_time', () => {
  it('holds the last looks against the life of the connection before', async () => {
    const store = await storeWith('socket_time', [8, 8.5, 9, 11.5, 12, 12.5].map(look));
    const rows = await store.query(
      `SELECT * FROM sender_time(${10 * SECOND}::BIGINT, ${13 * SECOND}::BIGINT, ${9 * SECOND}::BIGINT)`,
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      ...FLOW,
      ...{ busy_us: 1e6, sndbuf_limited_us: 0.9e6, bytes_acked: 0.5e6, starved_share: 1 },
      ...{ past_busy_us: 9e6, past_sndbuf_limited_us: 0, past_bytes_acked: 18e6 },
      ...{ past_starved_share: 0, comm: 'node', tgid: 7 },
    });
  });

  it('takes the first look for the past where there was none before', async () => {
    const store = await storeWith('socket_time', [10.5, 11.5, 12.5].map(look));
    const rows = await store.query(
      `SELECT * FROM sender_time(${10 * SECOND}::BIGINT, ${13 * SECOND}::BIGINT, ${9 * SECOND}::BIGINT)`,
    );
    expect(rows[0]).toMatchObject({ past_busy_us: 10.5e6, past_starved_share: 0 });
  });
});

describe('reader_time', () => {
  it('weighs what stood unread by how long it did', async () => {
    const store = await storeWith('socket_event', [
      event(1000, 'tcp_probe', 10_000),
      event(1010, 'receive', 0),
      event(1100, 'tcp_probe', 10_000),
    ]);
    const rows = await store.query(`SELECT * FROM reader_time(0::BIGINT, ${2 * SECOND}::BIGINT)`);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ ...FLOW, host: 'b', comm: 'sink', reads: 1 });
    expect(rows[0]?.['unread_share']).toBeCloseTo(0.1);
  });
});
