import { describe, expect, it } from 'vitest';
import { accountRow, REQUEST } from './fixtures.js';
import type { AccountRow } from './rows.js';
import { addAccount, foldingOf } from './short-connections.js';
import { reversed } from './flow.js';

const from = (port: number) => ({ ...REQUEST, src_port: port });

/** Both directions at the client's tap. */
const connection = (
  port: number,
  there: Partial<AccountRow>,
  back: Partial<AccountRow>,
): AccountRow[] => [
  accountRow('ap', there, from(port)),
  accountRow('bp', back, reversed(from(port))),
];
const short = (port: number): AccountRow[] =>
  connection(port, { syns: 1, fins: 1 }, { syn_acks: 1, fins: 1 });
const kept = connection(7, {}, {});

describe('connections of a client to a service', () => {
  it('are one direction where they are short, the one in question if there is one', () => {
    const folding = foldingOf([1, 2, 3].flatMap(short), short(9), [from(2)]);
    expect([1, 2, 3, 9].map((port) => folding(from(port)).src_port)).toEqual([2, 2, 2, 2]);
    expect(folding(reversed(from(1)))).toMatchObject(reversed(from(2)));
  });

  it('stay apart where they are few, kept, or another service’s', () => {
    expect(foldingOf([1, 2].flatMap(short), [], [])(from(1))).toEqual(from(1));
    const folding = foldingOf([...[1, 2, 3].flatMap(short), ...kept], kept, [from(7)]);
    expect(folding(from(7))).toEqual(from(7));
    expect(folding(from(1)).src_port).toBe(1);
    const other = { ...from(1), dst_port: 81 };
    expect(folding(other)).toEqual(other);
  });

  it('stay apart where they are refused or not answered', () => {
    const refused = [1, 2, 3].flatMap((port) => connection(port, { syns: 1 }, { resets: 1 }));
    expect(foldingOf(refused, [], [])(from(2))).toEqual(from(2));
  });

  it('do not take a connection of the past for one that ended', () => {
    const lasting = connection(9, { syns: 1 }, { syn_acks: 1 });
    const folding = foldingOf([1, 2, 3].flatMap(short), lasting, []);
    expect(folding(from(9))).toEqual(from(9));
  });
});

it('adds up what passed of them, and weighs their response times', () => {
  const accounts = {};
  addAccount(accounts, accountRow('ap', { syns: 1, responses: 1, response_mean_us: 1000 }));
  addAccount(accounts, accountRow('ap', { syns: 1, responses: 3, response_mean_us: 5000 }));
  addAccount(accounts, accountRow('ap', { syns: 1, responses: 0, response_mean_us: null }));
  expect(accounts).toMatchObject({ ap: { syns: 3, responses: 4, response_mean_us: 4000 } });
});

it('takes them for stuck only if all are', () => {
  const stuck = (...ms: (number | null)[]): unknown => {
    const accounts: Partial<Record<'ap', AccountRow>> = {};
    for (const stuck_ms of ms) addAccount(accounts, accountRow('ap', { stuck_ms }));
    return accounts.ap?.stuck_ms;
  };
  expect(stuck(900, 2000)).toBe(900);
  expect(stuck(900, null)).toBeNull();
});
