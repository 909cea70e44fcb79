import { expect, it } from 'vitest';
import type { ColumnBatch } from '../common/schema/columns.js';
import { PullConditions } from './pull.js';

const SECOND = 1_000_000_000n;

const flow = (since: bigint, lastSeen: bigint, requested = 0n, usualUs = 0): ColumnBatch => ({
  stream: 'flow_interval',
  length: 1,
  columns: {
    outstanding_since_ns: BigUint64Array.of(since),
    last_seen_ns: BigUint64Array.of(lastSeen),
    request_since_ns: BigUint64Array.of(requested),
    response_mean_us: Uint32Array.of(usualUs),
    tap_role: ['pod'],
    ifindex: Uint32Array.of(3),
    src: ['10.0.0.1'],
    dst: ['10.0.0.2'],
    src_port: Uint16Array.of(40000),
    dst_port: Uint16Array.of(80),
    protocol: Uint8Array.of(6),
  },
});

it('raises data that stand for a second, again every two, and anew after progress', () => {
  const pull = new PullConditions('h');
  const start = 100n * SECOND;
  const at = (tenths: bigint, since = start): number => {
    const now = start + (tenths * SECOND) / 10n;
    const { length } = pull.find(flow(since, now), now);
    pull.forgetCalmed();
    return length;
  };
  expect(at(9n)).toBe(0);
  expect(at(10n)).toBe(1);
  expect(at(15n)).toBe(0);
  expect(at(30n)).toBe(1);
  expect(at(31n, 0n)).toBe(0);
  expect(at(41n, start + (31n * SECOND) / 10n)).toBe(1);
});

it('says which flow, and gives up on a sender that has fallen silent', () => {
  const pull = new PullConditions('h');
  const start = 100n * SECOND;
  expect(pull.find(flow(start, start), start + SECOND)).toEqual([
    expect.objectContaining({ kind: 'no_progress', source: 'pull', src: '10.0.0.1', ifindex: 3 }),
  ]);
  expect(pull.find(flow(start, start), start + 40n * SECOND)).toEqual([]);
});

it('raises a request that waits far longer than usual, and none where nobody answers', () => {
  const asked = 100n * SECOND;
  const kinds = (afterMs: bigint, usualUs: number): unknown[] => {
    const now = asked + afterMs * 1_000_000n;
    return new PullConditions('h').find(flow(0n, asked, asked, usualUs), now).map((r) => r['kind']);
  };
  expect(kinds(900n, 500)).toEqual([]);
  expect(kinds(1100n, 500)).toEqual(['no_response']);
  expect(kinds(1100n, 100_000)).toEqual([]);
  expect(kinds(2100n, 100_000)).toEqual(['no_response']);
  expect(kinds(5000n, 0)).toEqual([]);
});
