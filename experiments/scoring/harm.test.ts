import { expect, it } from 'vitest';
import type { ClientReport } from '../workloads/protocol.js';
import { isHurt, worstHarm } from './harm.js';

const START = Date.parse('2026-01-01T00:00:00Z');
const time = (second: number): Date => new Date(START + second * 1000);

/** Reports of seconds 1 to 10; `during` is what those say that lie within seconds 5 to 9. */
function client(during: Partial<ClientReport>): { reports: ClientReport[] } {
  const reports = Array.from({ length: 10 }, (_, n) => ({
    at: time(n + 1).toISOString(),
    requests: 100,
    failures: 0,
    p50_ms: 1,
    p99_ms: 2,
    max_ms: 3,
    ...(n + 1 >= 6 && n + 1 <= 9 ? during : {}),
  }));
  return { reports };
}

const judge = (...victims: { reports: ClientReport[] }[]): boolean | null => {
  const harm = worstHarm(victims, time(5), time(9));
  return harm && isHurt(harm);
};

it('sees slower, fewer, hanging and failing requests', () => {
  expect(judge(client({ p99_ms: 13 }))).toBe(true);
  expect(judge(client({ requests: 60 }))).toBe(true);
  expect(judge(client({ requests: 0, p99_ms: null }))).toBe(true);
  expect(judge(client({ failures: 1 }))).toBe(true);
});

it('sees no harm in health, nor outside of the fault', () => {
  expect(judge(client({ p99_ms: 11, requests: 80 }))).toBe(false);
  const later = worstHarm([client({ p99_ms: 50 })], time(1), time(5));
  expect(later && isHurt(later)).toBe(false);
  expect(judge()).toBeNull();
});

it('takes the victim that was hurt most', () => {
  expect(judge(client({}), client({ requests: 0, p99_ms: null }), client({}))).toBe(true);
});
