import { expect, it } from 'vitest';
import { Case } from './case.js';
import type { AlertRow } from './engine.js';
import { Mutes } from './mutes.js';

const SECOND = 1_000_000_000n;

const alert = (kind: string, timeS: bigint, begunS = 0n): AlertRow => ({
  ...{ src: '10.1.0.2', src_port: 40000, dst: '10.2.0.2', dst_port: 80, protocol: 6 },
  ...{ host: 'a', source: 'pull', tap_role: 'pod', ifindex: 3, kind },
  ...{ observed: 5_000_000n, threshold: 3_000_000n },
  begun_ns: begunS * SECOND,
  of_service: 0,
  time_ns: timeS * SECOND,
});

/** The analyzer's clock is 1000 s ahead of the host's. */
const at = (timeS: bigint): bigint => (timeS + 1000n) * SECOND;

it('has its healthy past before the onset of a drift, not before its alert', () => {
  const subject = new Case('c', at(100n));
  subject.add(alert('rtt_drift', 100n, 88n), at(100n), ['a']);
  expect(subject.baseline()).toEqual({ fromNs: at(57n), toNs: at(87n) });
  subject.add(alert('rtt_shift', 101n), at(101n), ['a']);
  subject.add(alert('loss_drift', 102n, 95n), at(102n), ['a']);
  expect(subject.baseline().toNs).toBe(at(87n));
  expect(subject.window(at(110n))).toEqual({ fromNs: at(107n), toNs: at(110n) });
});

it('has it before its first alert when no onset is known', () => {
  const subject = new Case('c', at(100n));
  subject.add(alert('rtt_shift', 100n), at(100n), ['a']);
  expect(subject.baseline().toNs).toBe(at(99n));
});

it('is muted with its drifts when they prove harmless', () => {
  const subject = new Case('c', at(100n));
  subject.add(alert('response_drift', 100n, 90n), at(100n), ['a']);
  const mutes = new Mutes();
  mutes.add(subject, at(104n), at(106n));
  expect(mutes.covers(alert('response_drift', 107n), at(107n))).toBe(true);
  expect(mutes.covers(alert('no_response', 107n), at(107n))).toBe(false);
});
