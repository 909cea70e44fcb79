import { describe, expect, it } from 'vitest';
import { delayLedger } from './delay.js';
import { accountRow, directionOf, marks, observationsOf } from './fixtures.js';
import { isFelt } from './impact.js';

/** Half of the marks are late by so much; a request every so many milliseconds, or a stream of so many bytes. */
const felt = (lateUs: number, account: Parameters<typeof accountRow>[1], bytesBefore = 200_000) => {
  const now = marks(60, (i) => ({ network: i % 2 === 0 ? 100 : 100 + lateUs }));
  const before = accountRow('ap', {
    responses: account?.responses ? 29 * 20 : 0,
    wire_bytes: bytesBefore,
  });
  const direction = directionOf({
    now,
    account: { ap: accountRow('ap', account) },
    accountBefore: { ap: before },
  });
  const { path } = delayLedger(direction, []);
  return path && isFelt(path, direction, observationsOf([direction]));
};

describe('what is late is felt', () => {
  it('by a client whose requests take milliseconds longer now and then', () => {
    expect(felt(9000, { responses: 60 })).toBe(true);
    expect(felt(3000, { responses: 60 })).toBe(false);
  });

  it('by a client that gets less done', () => {
    const now = marks(60, { network: 3100 });
    const busy = directionOf({
      now,
      account: { ap: accountRow('ap', { responses: 600 }) },
      accountBefore: { ap: accountRow('ap', { responses: 29_000 }) },
    });
    const { path } = delayLedger(busy, []);
    expect(path && isFelt(path, busy, observationsOf([busy]))).toBe(true);
  });

  it('by a stream that carries less', () => {
    expect(felt(3000, { responses: 0, wire_bytes: 20_000 }, 193_000)).toBe(false);
    expect(felt(3000, { responses: 0, wire_bytes: 10_000 }, 193_000)).toBe(true);
  });
});
