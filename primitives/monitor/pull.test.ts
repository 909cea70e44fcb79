import { expect, it } from 'vitest';
import type { ColumnBatch } from '../common/schema/columns.js';
import { PullConditions } from './pull.js';

const SECOND = 1_000_000_000n;

const stuckSince = (since: bigint, lastSeen: bigint): ColumnBatch => ({
  stream: 'flow_interval',
  length: 1,
  columns: {
    outstanding_since_ns: BigUint64Array.of(since),
    last_seen_ns: BigUint64Array.of(lastSeen),
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
    return pull.noProgress(stuckSince(since, now), now).length;
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
  expect(pull.noProgress(stuckSince(start, start), start + SECOND)).toEqual([
    expect.objectContaining({ kind: 'no_progress', source: 'pull', src: '10.0.0.1', ifindex: 3 }),
  ]);
  expect(pull.noProgress(stuckSince(start, start), start + 40n * SECOND)).toEqual([]);
});
