import { expect, it } from 'vitest';
import { MemoryStore } from './fixtures.js';

const SECOND = 1_000_000_000;
const NOW = 1_000 * SECOND;
const POD = { a: '10.244.1.11', b: '10.244.2.11' };
const END = { a: '192.0.2.1', b: '192.0.2.2', c: '192.0.2.3' };

const owner = (host: 'a' | 'b') => ({
  ...{ host, role: 'pod', pod: `${host}-p1`, address: POD[host], present: 1, received_ns: 1 },
});

const sent = (host: string, dst: string, outer: readonly [string, string], agoS: number) => ({
  ...{ host, hook: 'egress', src: '10.0.0.9', dst, outer_src: outer[0], outer_dst: outer[1] },
  first_seen_ns: NOW - (agoS + 1) * SECOND,
  last_seen_ns: NOW - agoS * SECOND,
  received_ns: NOW - agoS * SECOND,
});

const misdirected = async (...mappings: ReturnType<typeof sent>[]) => {
  const store = await MemoryStore.withViews();
  await store.query("INSERT INTO host_clock VALUES ('c', 0)");
  await store.insert('endpoint', [owner('a'), owner('b')]);
  await store.insert('mapping', mappings);
  return store.query(`SELECT * FROM misdirected(${NOW - 3 * SECOND}, ${NOW})`);
};

const back = sent('b', POD.a, [END.b, END.a], 1);
const other = sent('c', POD.a, [END.c, END.a], 1);
const usual = sent('a', POD.b, [END.a, END.b], 9);

it('tells of what goes to the tunnel end of another host', async () => {
  expect(await misdirected(usual, back, other)).toEqual([]);
  expect(await misdirected(usual, back, other, sent('a', POD.b, [END.a, END.c], 1))).toEqual([
    {
      ...{ host: 'a', dst_host: 'b', dst: POD.b },
      ...{ outer_dst: END.c, usual: END.b, end_host: 'c' },
    },
  ]);
});

it('tells of an end that is nobody’s only if it is new', async () => {
  const translated = '198.51.100.1';
  const always = [
    sent('a', POD.b, [END.a, translated], 9),
    sent('a', POD.b, [END.a, translated], 1),
  ];
  expect(await misdirected(back, ...always)).toEqual([]);
  expect(await misdirected(usual, back, sent('a', POD.b, [END.a, translated], 1))).toHaveLength(1);
});
