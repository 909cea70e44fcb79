import { describe, expect, it } from 'vitest';
import { delayLedger, isLate } from './delay.js';
import { directionOf, marks } from './fixtures.js';
import type { MarkRow } from './observe.js';

describe('delay ledger', () => {
  it('finds no lateness in marks like the baseline', () => {
    const ledger = delayLedger(directionOf({ now: marks(40, {}) }), []);
    expect(isLate(ledger.path)).toBe(false);
    expect(isLate(ledger.pod)).toBe(false);
  });

  it('names the network when marks are late between the uplinks', () => {
    const now = marks(40, (i) => (i % 2 ? { network: 20_000 } : {}));
    const ledger = delayLedger(directionOf({ now }), []);
    expect(isLate(ledger.path)).toBe(true);
    expect(ledger.wins.network).toBe(1);
    expect(ledger.excess.network).toBeCloseTo(19_900);
    expect(ledger.path?.late).toHaveLength(20);
  });

  it('moves a measured transmit queue from the network to the sender host', () => {
    const now = marks(20, { network: 20_000, edges: { sender_tx: 19_500 } });
    const ledger = delayLedger(directionOf({ now }), []);
    expect(ledger.wins.sender_host).toBe(1);
    expect(ledger.now.network).toBeCloseTo(500);
    expect(ledger.now.sender_host).toBeCloseTo(19_520);
  });

  it('keeps the sum of the terms equal to the turnaround at the sender’s pod tap', () => {
    const now = marks(20, { network: 9000, edges: { sender_tx: 3000, receiver_rx: 500 } });
    const { now: terms } = delayLedger(directionOf({ now }), []);
    const total =
      (terms.sender_host ?? 0) +
      (terms.network ?? 0) +
      (terms.receiver_host ?? 0) +
      (terms.receiver_pod ?? 0);
    expect(total).toBeCloseTo(now[0]?.r_ap ?? 0);
  });

  it('judges the pod apart from the path', () => {
    const ledger = delayLedger(directionOf({ now: marks(20, { pod: 30_000 }) }), []);
    expect(isLate(ledger.path)).toBe(false);
    expect(isLate(ledger.pod)).toBe(true);
  });

  it('takes the peers’ baseline for a flow that has none', () => {
    const direction = directionOf({ now: marks(20, { network: 5000 }), baseline: [] });
    expect(delayLedger(direction, []).path).toBeNull();
    expect(isLate(delayLedger(direction, marks(40, {})).path)).toBe(true);
  });

  it('sees a tail that the baseline did not have, and not one that it had', () => {
    const tail = marks(200, (i) => (i % 10 === 0 ? { pod: 60_000 } : {}));
    const quick = marks(200, {});
    expect(isLate(delayLedger(directionOf({ now: tail, baseline: quick }), []).pod)).toBe(true);
    expect(isLate(delayLedger(directionOf({ now: tail, baseline: tail }), []).pod)).toBe(false);
  });

  it('takes neither one burst nor what nobody feels for harm', () => {
    const burst = marks(60, (i) => (i >= 20 && i < 25 ? { network: 5000 } : {}));
    expect(isLate(delayLedger(directionOf({ now: burst }), []).path)).toBe(false);
    const little = marks(60, (i) => (i % 10 === 0 ? { network: 1700 } : {}));
    expect(isLate(delayLedger(directionOf({ now: little }), []).path)).toBe(false);
  });

  it.each([-100, 0, 100])('tells the late way with a clock that is off by %d ppm', (ppm) => {
    const skewed = (marksOf: MarkRow[], from: number): MarkRow[] =>
      marksOf.map((m, n) => {
        const atUs = from + n * 200_000;
        const sentNs = atUs * 1000;
        const wayNs = ((m.r_au ?? 0) - (m.t_bu ?? 0)) * 900;
        return {
          ...m,
          at_us: atUs,
          au_ns: sentNs,
          bu_ns: sentNs + 5e12 + wayNs + (sentNs * ppm) / 1e6,
        };
      });
    const direction = directionOf({
      baseline: skewed(marks(100, {}), 0),
      now: skewed(marks(20, { network: 2100 }), 22_000_000),
    });
    expect(delayLedger(direction, []).forwardExcessUs).toBeCloseTo(1800, -2);
  });

  it('keeps the shares when marks lack a tap', () => {
    const lacking = (given: MarkRow[]): MarkRow[] =>
      given.map((m, n) => ({
        ...m,
        ...(n % 4 === 1 && { r_au: null, au_ns: null }),
        ...(n % 4 === 3 && { t_bu: null, bu_ns: null }),
      }));
    const now = lacking(marks(40, { network: 20_000 }));
    const ledger = delayLedger(directionOf({ now, baseline: lacking(marks(40, {})) }), []);
    expect(ledger.wins.network).toBe(1);
    expect(ledger.excess.network).toBeCloseTo(19_900);
    expect(ledger.excess.sender_host).toBeCloseTo(0);
  });

  it('does not call a slow path late that has always been slow', () => {
    const slow = { network: 150_000 };
    const direction = directionOf({ baseline: marks(40, slow), now: marks(40, slow) });
    expect(isLate(delayLedger(direction, []).path)).toBe(false);
  });
});
