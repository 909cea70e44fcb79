import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type ColumnBatch, rowsFromBatch, type Value } from '../common/schema/columns.js';
import { TappedPair } from './fixture/tapped-pair.js';
import type { Monitor } from './index.js';

type Row = Record<string, Value>;

const SERVER = "require('net').createServer((s) => s.pipe(s)).listen(9000, '192.0.2.2')";
/** 2000 bytes there and back, one after the other. */
const CLIENT = `
  const s = require('net').connect({ host: '192.0.2.2', port: 9000, localPort: 40123 });
  let got = 0;
  const ask = () => s.write(Buffer.alloc(2000));
  s.on('connect', ask);
  s.on('data', (d) => { got += d.length; if (got % 2000 === 0) setTimeout(ask, 5); });`;
const FLOW = { src: '192.0.2.1', src_port: 40123, dst: '192.0.2.2', dst_port: 9000, protocol: 6 };

let tapped: TappedPair;
let monitor: Monitor;
const alerts: Row[] = [];

const rowsOf = (batches: readonly ColumnBatch[], stream: string): Row[] =>
  batches.filter((batch) => batch.stream === stream).flatMap(rowsFromBatch);

beforeAll(async () => {
  tapped = await TappedPair.open('monitor');
  ({ monitor } = tapped);
  monitor.onAlert((batch) => alerts.push(...rowsFromBatch(batch)));
  tapped.run(tapped.pair.right, SERVER);
  await sleep(300);
  tapped.run(tapped.pair.left, CLIENT);
});

afterAll(() => tapped.close());

it('measures both directions of a real connection', async () => {
  const rows: Row[] = [];
  const samples: Row[] = [];
  await vi.waitFor(
    () => {
      rows.push(...rowsOf([...monitor.sweep()], 'flow_interval'));
      samples.push(...rowsOf(monitor.drain(), 'mark_sample'));
      expect(rows.reduce((sum, row) => sum + Number(row['responses']), 0)).toBeGreaterThan(20);
    },
    { timeout: 10_000, interval: 200 },
  );
  const request = rows.filter((row) => row['src'] === FLOW.src);
  expect(request[0]).toMatchObject({ tap_role: 'pod', pod: 'p1', ifname: 'nvt0', ifindex: 77 });
  const total = (field: string): number =>
    request.reduce((sum, row) => sum + Number(row[field]), 0);
  expect(total('syns')).toBe(1);
  expect(total('retransmitted_segments')).toBe(0);
  expect(total('payload_bytes') % 2000).toBe(0);
  expect(total('samples')).toBeGreaterThan(20);
  expect(samples.length).toBeGreaterThan(0);
  const ranked = samples.filter((row) => row['src'] === FLOW.src);
  // A request that was acknowledged first has a sample of its ACK, and one of its answer.
  const named = ranked.map(({ mark, piggyback }) => `${Number(mark)} ${Number(piggyback)}`);
  expect(new Set(named).size).toBe(ranked.length);
  for (const { turnaround_ns } of ranked) expect(Number(turnaround_ns)).toBeLessThan(1e9);
});

it('records the packets and samples of an armed flow, and no packet after', async () => {
  monitor.setArmed([FLOW]);
  const events: Row[] = [];
  const samples: Row[] = [];
  await vi.waitFor(
    () => {
      const batches = monitor.drain();
      events.push(...rowsOf(batches, 'packet_event'));
      samples.push(...rowsOf(batches, 'mark_sample'));
      expect(samples.length).toBeGreaterThan(5);
    },
    { timeout: 10_000, interval: 100 },
  );
  const data = events.filter((row) => row['src'] === FLOW.src && row['end_seq'] !== row['seq']);
  expect(data[0]).toMatchObject({ probe: 'tap', hook: 'egress', ifname: 'nvt0', armed: 1 });
  expect(data[0]?.['netns']).toBe(tapped.netns.inode);
  // Each sample starts with a packet that was recorded, and ends with one.
  const starts = new Set(events.map((row) => row['time_ns']));
  const inside = samples.filter((row) => Number(row['start_ns']) > Number(events[0]?.['time_ns']));
  expect(inside.every((row) => starts.has(row['start_ns'] ?? 0))).toBe(true);
  monitor.setArmed([]);
  monitor.drain();
  await sleep(100);
  expect(rowsOf(monitor.drain(), 'packet_event')).toEqual([]);
});

it('records the packets of a service that is armed without a client port', async () => {
  monitor.setArmed([{ ...FLOW, src_port: 0 }]);
  await vi.waitFor(
    () => {
      const events = rowsOf(monitor.drain(), 'packet_event');
      expect(events.map((row) => row['src_port'])).toContain(FLOW.src_port);
    },
    { timeout: 10_000, interval: 100 },
  );
  monitor.setArmed([]);
});

it('hears at once of a refused connection', async () => {
  const script = "require('net').connect(9999, '192.0.2.2').on('error', () => {})";
  await once(tapped.run(tapped.pair.left, script), 'exit');
  await vi.waitFor(() => {
    expect(alerts).toContainEqual(
      expect.objectContaining({ kind: 'refused', src: FLOW.src, dst_port: 9999, source: 'push' }),
    );
  });
});

it('lets traffic pass after a detach and tells the last of the tap once', () => {
  monitor.detach(tapped.pair.ifindex);
  expect(rowsOf([...monitor.sweep()], 'flow_interval').length).toBeGreaterThan(0);
  expect(rowsOf([...monitor.sweep()], 'flow_interval')).toEqual([]);
});
