import { describe, expect, it } from 'vitest';
import { A_TO_B, Script } from './fixture.js';
import { type Reading, readMarks } from './marks.js';
import { passagesOf } from './passages.js';
import { type MarkSplit, type Place, PLACES, splitMarks } from './split.js';

/** Microseconds at the four places, in their order. */
type Times = readonly [number, number, number, number];

/** What passed: data of `bytes` from `at`, or an ACK of what is below `at`; null where it did not. */
interface Event {
  readonly times: readonly (number | null)[];
  readonly data?: { readonly at: number; readonly bytes: number };
  readonly ack?: { readonly at: number; readonly sackFrom?: number };
}

/** Turns the true time into that of a clock. */
type Clock = (us: number) => number;
const TRUE: Clock = (us) => us;

const sent = (times: readonly (number | null)[], at: number, bytes: number): Event => ({
  times,
  data: { at, bytes },
});
const acked = (times: Times, at: number, sackFrom?: number): Event => ({
  times,
  ack: { at, ...(sackFrom !== undefined && { sackFrom }) },
});

function read(events: readonly Event[], clocks: Partial<Record<Place, Clock>> = {}): MarkSplit[] {
  const at = (place: Place): Reading[] => readAt(place, events, clocks[place] ?? TRUE);
  return splitMarks({ ap: at('ap'), au: at('au'), bu: at('bu'), bp: at('bp') });
}

function readAt(place: Place, events: readonly Event[], clock: Clock): Reading[] {
  const here = events.flatMap(({ times, ...event }) => {
    const time = times[PLACES.indexOf(place)] ?? null;
    return time === null ? [] : [{ time, ...event }];
  });
  const script = new Script();
  for (const { time, data, ack } of here.sort((x, y) => x.time - y.time)) {
    if (data) script.data(clock(time), data.at, data.bytes);
    if (ack) script.ack(clock(time), ack.at, ack);
  }
  return readMarks(passagesOf(script.frames, A_TO_B));
}

const terms = (splits: readonly MarkSplit[]): number[][] =>
  splits.map(({ senderHostNs, networkNs, receiverHostNs, receiverPodNs }) =>
    [senderHostNs, networkNs, receiverHostNs, receiverPodNs].map((ns) => ns / 1000),
  );

/** Two requests on a quiet path: 7 us in the sender's host, 100 in the network, 5 in the receiver's, 40 in its pod. */
const QUIET: readonly Event[] = [
  sent([1000, 1004, 1054, 1056], 0, 500),
  acked([1152, 1149, 1099, 1096], 500),
  sent([50_000, 50_004, 50_054, 50_056], 500, 500),
  acked([50_152, 50_149, 50_099, 50_096], 1000),
];
const QUIET_TERMS = [
  [7, 100, 5, 40],
  [7, 100, 5, 40],
];

describe('the split of a mark', () => {
  it.each([
    { where: 'nowhere', extra: [0, 0, 0, 0], expected: [7, 100, 5, 40] },
    {
      where: 'before the uplink of the sender',
      extra: [0, 300, 300, 300],
      expected: [307, 100, 5, 40],
    },
    { where: 'in the network', extra: [0, 0, 300, 300], expected: [7, 400, 5, 40] },
    {
      where: 'behind the uplink of the receiver',
      extra: [0, 0, 0, 300],
      expected: [7, 100, 305, 40],
    },
    { where: 'in the receiving pod', extra: [0, 0, 0, 0], pod: 300, expected: [7, 100, 5, 340] },
  ])('says where data were late: $where', ({ extra, pod = 0, expected }) => {
    const [data, ack] = QUIET as readonly [Event, Event];
    const total = Math.max(...extra) + pod;
    const late = { ...data, times: data.times.map((t, i) => (t ?? 0) + (extra[i] ?? 0)) };
    const answered = { ...ack, times: ack.times.map((t) => (t ?? 0) + total) };
    expect(terms(read([late, answered]))).toEqual([expected]);
  });

  it('adds up to the round trip at the pod of the sender', () => {
    for (const split of read(QUIET)) {
      const { senderHostNs, networkNs, receiverHostNs, receiverPodNs, turnaroundNs } = split;
      expect(senderHostNs + networkNs + receiverHostNs + receiverPodNs).toBe(turnaroundNs.ap);
    }
  });

  it.each([0, -7e6, 3_600e6])('does not change when a clock is %d us ahead', (offset) => {
    const ahead: Clock = (us) => us + offset;
    expect(terms(read(QUIET, { ap: ahead, au: ahead }))).toEqual(QUIET_TERMS);
    expect(terms(read(QUIET, { bu: ahead, bp: ahead }))).toEqual(QUIET_TERMS);
    expect(terms(read(QUIET, { ap: ahead, bu: (us) => us - offset }))).toEqual(QUIET_TERMS);
  });

  it('changes by the skew of a clock times the turnaround, not times the age of the clock', () => {
    const fast: Clock = (us) => 86_400e6 + us * (1 + 100e-6);
    const [first = []] = terms(read(QUIET, { bu: fast, bp: fast }));
    for (const [i, expected] of [7, 100, 5, 40].entries()) {
      expect(Math.abs((first[i] ?? 0) - expected)).toBeLessThan(100e-6 * 152 + 1e-3);
    }
  });

  it('joins a mark although the places saw different packets', () => {
    // The sender's host segments behind its pod tap, the receiver's merges before its own.
    const events: Event[] = [
      sent([1000, null, null, null], 0, 3000),
      ...[0, 1000, 2000].map((at) =>
        sent([null, 1004 + at / 100, 1054 + at / 100, null], at, 1000),
      ),
      sent([null, null, null, 1080], 0, 3000),
      acked([1152, 1149, 1129, 1120], 3000),
    ];
    expect(read(events)).toMatchObject([
      { class: 'exact', turnaroundNs: { ap: 152e3, au: 145e3, bu: 75e3, bp: 40e3 } },
    ]);
  });
});

describe('a mark has no split', () => {
  const [data, ack] = QUIET as readonly [Event, Event];

  it('when another ACK closed it at one place', () => {
    // The first ACK took another way past the uplinks.
    const detour = [
      { ...data },
      { times: [1152, null, null, 1096], ack: { at: 500 } },
      sent([1200, 1204, 1254, 1256], 500, 500),
      acked([1352, 1349, 1299, 1296], 1000),
    ];
    expect(read(detour)).toEqual([]);
  });

  it('when it was sent again, though its first copy was lost before the receiver', () => {
    const lost = [
      sent([1000, 1004, null, null], 0, 500),
      sent([201_000, 201_004, 201_054, 201_056], 0, 500),
      acked([201_152, 201_149, 201_099, 201_096], 500),
    ];
    expect(read(lost)).toEqual([]);
  });

  it('when it waited behind a hole, which the receiver alone could see', () => {
    const behind = [
      sent([1000, 1004, null, null], 0, 500),
      sent([1010, 1014, 1064, 1066], 500, 500),
      acked([1112, 1109, 1099, 1096], 0, 500),
      sent([1300, 1304, 1354, 1356], 0, 500),
      acked([1452, 1449, 1399, 1396], 1000),
    ];
    expect(read(behind)).toEqual([]);
  });

  it('when one place did not see it', () => {
    expect(read([{ ...data, times: [1000, 1004, null, 1056] }, ack])).toEqual([]);
  });
});
