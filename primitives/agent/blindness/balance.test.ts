import { describe, expect, it } from 'vitest';
import { ByteBalance, type Deficit, type HookSample } from './balance.js';

const START: HookSample = {
  atMs: 0,
  deviceBytes: 0,
  devicePackets: 0,
  deviceDropped: 0,
  backlogBytes: 0,
  tapBytes: 0,
  tapPackets: 0,
  tapSegments: 0,
  unparsed: 0,
};

type Growth = Partial<HookSample>;

/** A look each second, each with what the second added; a backlog is as given. Answers what each look found. */
function looks(seconds: number, growth: (second: number) => Growth): (Deficit | undefined)[] {
  const balance = new ByteBalance();
  let now = START;
  return Array.from({ length: seconds }, (_, second) => {
    const more = growth(second);
    const sum = (key: keyof HookSample): number => now[key] + (more[key] ?? 0);
    now = {
      atMs: second * 1000,
      deviceBytes: sum('deviceBytes'),
      devicePackets: sum('devicePackets'),
      deviceDropped: sum('deviceDropped'),
      backlogBytes: more.backlogBytes ?? 0,
      tapBytes: sum('tapBytes'),
      tapPackets: sum('tapPackets'),
      tapSegments: sum('tapSegments'),
      unparsed: sum('unparsed'),
    };
    return balance.look(now);
  });
}

const device = (packets: number, bytes = 1500): Growth => ({
  devicePackets: packets,
  deviceBytes: packets * bytes,
});
const tap = (packets: number, bytes = 1500): Growth => ({
  tapPackets: packets,
  tapSegments: packets,
  tapBytes: packets * bytes,
});
const firstAlarm = (found: readonly (Deficit | undefined)[]): number =>
  found.findIndex((deficit) => deficit !== undefined);

describe('a tap that is blind', () => {
  it('is found within ten seconds when nothing comes', () => {
    const found = looks(20, (s) => ({ ...device(1000), ...tap(s < 8 ? 1000 : 0) }));
    expect(firstAlarm(found)).toBeGreaterThan(8);
    expect(firstAlarm(found)).toBeLessThan(18);
    expect(found.at(-1)).toMatchObject({ devicePackets: 5000, missingBytes: 7_500_000 });
  });

  it('is found within 40 s when a fifth does not come', () => {
    const found = looks(60, () => ({ ...device(1000), ...tap(800) }));
    expect(firstAlarm(found)).toBeGreaterThan(0);
    expect(firstAlarm(found)).toBeLessThan(40);
  });

  it('is forgotten when it sees again', () => {
    const found = looks(90, (s) => ({ ...device(1000), ...tap(s < 30 ? 0 : 1000) }));
    expect(found[29]).toBeDefined();
    expect(found.at(-1)).toBeUndefined();
  });
});

describe('no alarm', () => {
  const never = (seconds: number, growth: (second: number) => Growth): void => {
    expect(looks(seconds, growth).filter((deficit) => deficit !== undefined)).toEqual([]);
  };

  it('for segments that were counted one by one and seen as super-packets', () => {
    const merged = { tapPackets: 100, tapSegments: 4500, tapBytes: 100 * 66 + 4500 * 1448 };
    never(60, () => ({ ...device(4500, 1514), ...merged }));
    const small = { tapPackets: 100, tapSegments: 4500, tapBytes: 100 * 66 + 4500 * 64 };
    never(60, () => ({ ...device(4500, 130), ...small }));
  });

  it('for padding and FCS of bare ACKs', () => {
    never(60, () => ({ ...device(5000, 64), ...tap(5000, 54) }));
  });

  it('for counters that the card tells two seconds late', () => {
    const burst = (s: number): boolean => s >= 0 && s % 10 < 3;
    never(60, (s) => ({ ...device(burst(s - 2) ? 5000 : 0), ...tap(burst(s) ? 5000 : 0) }));
  });

  it('for what is dropped between the device and the tap', () => {
    never(60, () => ({ ...device(1000), ...tap(500), deviceDropped: 500 }));
  });

  it('for a queue that drops, and for one that empties when nothing is sent any more', () => {
    never(60, () => ({ ...device(500), ...tap(1000) }));
    const sent = (s: number): number => Math.max(0, s - 2);
    never(32, (s) => ({
      ...device(s > 2 ? 1000 : 0),
      ...tap(s < 2 ? 15_000 : 0),
      backlogBytes: (15_000 * Math.min(2, s + 1) - 1000 * sent(s)) * 1500,
    }));
  });

  it('for few packets, and for a device that begins anew', () => {
    never(60, () => device(3));
    never(60, (s) =>
      s === 30 ? { ...tap(1000), deviceBytes: -40_000_000 } : { ...device(1000), ...tap(1000) },
    );
  });
});
