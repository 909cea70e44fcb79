import { describe, expect, it } from 'vitest';
import { HeldTest } from './held-test.js';

const THRESHOLD = 14;
const SECOND_NS = 1_000_000_000n;
const HALF_S_US = 500_000;

/** Looks at a busy socket every half second; answers the number of the first look that raises. */
function raisedAt(
  test: HeldTest,
  looks: number,
  look: (n: number) => { share?: number; starved?: boolean },
): number | undefined {
  let heldUs = 0;
  for (let n = 1; n <= looks; n++) {
    const { share = 0, starved = false } = look(n);
    heldUs += share * HALF_S_US;
    const nowNs = (BigInt(n) * SECOND_NS) / 2n;
    test.observe({ heldUs, busyUs: HALF_S_US, rttUs: 40_000, starved }, THRESHOLD, nowNs);
    if (test.isDue(THRESHOLD, nowNs, 2n * SECOND_NS)) return n;
  }
  return undefined;
}

const wellBefore = (): HeldTest => new HeldTest(10_000_000, false);

describe('the test of held senders', () => {
  it('raises at the second look at a sender that is held', () => {
    expect(raisedAt(wellBefore(), 10, () => ({ share: 0.95 }))).toBe(2);
  });

  it('does not raise for one burst, whatever it is', () => {
    expect(raisedAt(wellBefore(), 20, (n) => ({ share: n === 10 ? 1 : 0 }))).toBeUndefined();
  });

  it('raises for a writer that waits with all sent, which TCP does not account for', () => {
    const look = raisedAt(wellBefore(), 20, () => ({ starved: true }));
    expect(look).toBeGreaterThan(2);
    expect(look).toBeLessThan(6);
  });

  it('takes what was always so for usual', () => {
    const always = new HeldTest(0, true);
    expect(raisedAt(always, 60, () => ({ share: 0.1 }))).toBeUndefined();
  });

  it('takes what lasts for two minutes for the new normal', () => {
    const lasting = wellBefore();
    let last = 0n;
    for (let n = 1n; n < 1200n; n++) {
      const nowNs = (n * SECOND_NS) / 2n;
      const look = { heldUs: 0, busyUs: HALF_S_US, rttUs: 40_000, starved: true };
      lasting.observe(look, THRESHOLD, nowNs);
      if (lasting.isDue(THRESHOLD, nowNs, 2n * SECOND_NS)) last = nowNs;
    }
    expect(last).toBeGreaterThan(100n * SECOND_NS);
    expect(last).toBeLessThan(130n * SECOND_NS);
  });

  it('takes the share before it met a socket for its past', () => {
    const test = new HeldTest(100_000_000, true);
    const look = { busyUs: HALF_S_US, rttUs: 40_000, starved: false };
    for (let n = 0; n < 40; n++) {
      test.observe({ ...look, heldUs: 90_000_000 + n * 450_000 }, THRESHOLD, BigInt(n) * SECOND_NS);
      expect(test.isDue(THRESHOLD, BigInt(n) * SECOND_NS, 0n)).toBe(false);
    }
  });
});
