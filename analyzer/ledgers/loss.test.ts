import { describe, expect, it } from 'vitest';
import { accountRow, directionOf, REQUEST } from './fixtures.js';
import { deadEdge, lossLedger } from './loss.js';

describe('loss ledger', () => {
  it('places a loss behind the last tap that saw the segment twice', () => {
    const account = {
      ap: accountRow('ap', { retransmitted_segments: 10 }),
      au: accountRow('au', { retransmitted_segments: 10 }),
      bu: accountRow('bu', { retransmitted_segments: 9, holes: 9 }),
      bp: accountRow('bp', { retransmitted_segments: 9, holes: 9 }),
    };
    expect(lossLedger(directionOf({ account }))).toMatchObject({
      edge: 'network',
      lostSegments: 10,
    });
  });

  it('finds no loss of data when every tap saw every copy (the ACK was lost)', () => {
    const seen = { retransmitted_segments: 5 };
    const account = {
      ap: accountRow('ap', seen),
      au: accountRow('au', seen),
      bu: accountRow('bu', seen),
      bp: accountRow('bp', seen),
    };
    expect(lossLedger(directionOf({ account })).edge).toBeNull();
  });

  it('prefers traced sequence ranges', () => {
    const range = { ...REQUEST, range_bytes: 10_000, packets: 10 };
    const account = {
      ap: accountRow('ap', { retransmitted_segments: 4 }),
      au: accountRow('au'),
      bu: accountRow('bu'),
    };
    const ledger = lossLedger(
      directionOf({
        account,
        ranges: {
          ap: { ...range, place: 'ap', host: 'a', bytes: 14_000 },
          au: { ...range, place: 'au', host: 'a', bytes: 10_000 },
          bu: { ...range, place: 'bu', host: 'b', bytes: 10_000 },
        },
      }),
    );
    expect(ledger).toMatchObject({ edge: 'sender_host', source: 'ranges' });
  });

  it('calls a tap dead that its host should have and that saw nothing', () => {
    const direction = directionOf({
      account: { ap: accountRow('ap', { syns: 3 }), au: accountRow('au', { syns: 3 }) },
    });
    expect(deadEdge(direction, (p) => direction.account[p]?.syns ?? 0)).toEqual({
      edge: 'network',
      last: 'au',
    });
  });

  it('knows by a later tap what passed one whose record was lost', () => {
    const syn = { syns: 3 };
    const account = { ap: accountRow('ap', syn), bu: accountRow('bu', syn) };
    const direction = directionOf({ account });
    expect(deadEdge(direction, (p) => direction.account[p]?.syns ?? 0)).toEqual({
      edge: 'receiver_host',
      last: 'bu',
    });
  });

  it('does not compare what an agent told before it died', () => {
    const seen = { retransmitted_segments: 6 };
    const account = {
      ap: accountRow('ap', seen),
      au: accountRow('au', seen),
      bu: accountRow('bu', { retransmitted_segments: 1 }),
    };
    expect(lossLedger(directionOf({ account })).edge).toBe('network');
    expect(lossLedger(directionOf({ account, dstSilent: true })).edge).toBe('unseen');
  });
});
