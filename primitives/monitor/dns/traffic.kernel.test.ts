import { once } from 'node:events';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { batch } from '../../common/loader/iproute2.js';
import { rowsFromBatch, type Value } from '../../common/schema/columns.js';
import { TappedPair } from '../fixture/tapped-pair.js';

type Row = Record<string, Value>;

/** Over UDP and TCP: answers at once; `slow.*` after 300 ms, `late.*` at the second try, `void.*` never. */
const SERVER = `
  const seen = new Map();
  const nameOf = (m) => m.subarray(13, 13 + m[12]).toString().toLowerCase();
  const answer = (m) => { const a = Buffer.from(m); a[2] = 0x81; a[3] = 0x80; a[11] = 0; return a.subarray(0, m.indexOf(0, 12) + 5); };
  const serve = (m, send) => {
    const first = nameOf(m);
    const tries = (seen.get(first) ?? 0) + 1;
    seen.set(first, tries);
    if (first === 'void' || (first === 'late' && tries < 2)) return;
    setTimeout(() => send(answer(m)), first === 'slow' ? 300 : 0);
  };
  const udp = require('dgram').createSocket('udp4');
  udp.on('message', (m, from) => serve(m, (a) => udp.send(a, from.port, from.address)));
  udp.bind(53, '192.0.2.2', () => console.log('ready'));
  require('net').createServer((s) => s.on('data', (d) => serve(d.subarray(2), (a) =>
    s.write(Buffer.concat([Buffer.of(a.length >> 8, a.length & 255), a]))))).listen(53, '192.0.2.2');`;
/** The resolver of Node (c-ares) asks again after 400 ms. */
const resolve = (name: string, server = '192.0.2.2'): string => `
  const r = new (require('dns').Resolver)({ timeout: 400, tries: 2 });
  r.setServers(['${server}']);
  r.resolve4('${name}', () => process.exit());`;
const resolveOverTcp = `
  const m = Buffer.from('00070100000100000000000003746370047465737400' + '00010001', 'hex');
  const s = require('net').connect(53, '192.0.2.2', () => s.write(Buffer.concat([Buffer.of(0, m.length), m])));
  s.on('data', () => process.exit());`;

let tapped: TappedPair;

beforeAll(async () => {
  tapped = await TappedPair.open('dns');
  const server = tapped.run(tapped.pair.right, SERVER);
  if (server.stdout) await once(server.stdout, 'data');
});

afterAll(() => tapped.close());

/** What is swept until there is a row of `dns_exchange` for each of the names, by stream. */
async function swept(...names: string[]): Promise<{ exchanges: Row[]; alerts: Row[] }> {
  const rows: Record<string, Row[]> = {};
  await vi.waitFor(
    () => {
      for (const records of tapped.monitor.sweep())
        (rows[records.stream] ??= []).push(...rowsFromBatch(records));
      const seen = (rows['dns_exchange'] ?? []).map((row) => row['name']);
      expect(seen).toEqual(expect.arrayContaining(names));
    },
    { timeout: 8000, interval: 100 },
  );
  return { exchanges: rows['dns_exchange'] ?? [], alerts: rows['alert'] ?? [] };
}

it('measures what a resolver asks and when it is answered', async () => {
  await once(tapped.run(tapped.pair.left, resolve('Quick.Test')), 'exit');
  await once(tapped.run(tapped.pair.left, resolve('slow.test')), 'exit');
  const [quick, slow] = (await swept('quick.test', 'slow.test')).exchanges;
  expect(quick).toMatchObject({
    ...{ name: 'quick.test', query_type: 1, state: 'answered', repeats: 0 },
    ...{ src: '192.0.2.1', dst: '192.0.2.2', dst_port: 53, tap_role: 'pod', ifindex: 77 },
  });
  expect(Number(quick?.['wait_ns'])).toBeLessThan(200e6);
  expect(slow).toMatchObject({ name: 'slow.test', state: 'answered' });
  expect(Number(slow?.['wait_ns'])).toBeGreaterThan(290e6);
});

it('counts the second try of a resolver, and has said before that it is needed', async () => {
  tapped.run(tapped.pair.left, resolve('late.test'));
  const { exchanges, alerts } = await swept('late.test');
  expect(alerts).toContainEqual(
    expect.objectContaining({ kind: 'dns_unanswered', source: 'pull', src: '192.0.2.1' }),
  );
  expect(exchanges).toEqual([expect.objectContaining({ repeats: 1, state: 'answered' })]);
  const [waited, answered] = [exchanges[0]?.['wait_ns'], exchanges[0]?.['answer_ns']].map(Number);
  expect(waited).toBeGreaterThan(390e6);
  expect(answered).toBeLessThan(200e6);
});

it('tells of a name that nobody answers when a second is over', async () => {
  tapped.run(tapped.pair.left, resolve('void.test'));
  const [row] = (await swept('void.test')).exchanges;
  expect(row).toMatchObject({ name: 'void.test', state: 'unanswered', answer_ns: 0n });
  expect(Number(row?.['wait_ns'])).toBeGreaterThanOrEqual(1e9);
  expect(Number(row?.['wait_ns'])).toBeLessThan(1.5e9);
});

it('reads DNS over TCP', async () => {
  await once(tapped.run(tapped.pair.left, resolveOverTcp), 'exit');
  expect((await swept('tcp.test')).exchanges).toContainEqual(
    expect.objectContaining({ name: 'tcp.test', protocol: 6, state: 'answered', answer_bytes: 26 }),
  );
});

it('tells that nobody listens there', async () => {
  await batch('ip', [`address add 192.0.2.3/24 dev ${tapped.pair.ifname}`], tapped.pair.right);
  await once(tapped.run(tapped.pair.left, resolve('refused.test', '192.0.2.3')), 'exit');
  expect((await swept('refused.test')).exchanges).toContainEqual(
    expect.objectContaining({ name: 'refused.test', state: 'unreachable', dst: '192.0.2.3' }),
  );
});
