import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rowsFromBatch } from '../../common/schema/columns.js';
import { TappedPair } from '../fixture/tapped-pair.js';

const SERVER_MS = 20;
const ROUNDS = 30;

/** Headers as RFC 9000 has them, without the cryptography; the server is 20 ms slow and sends three packets a round. */
const SERVER = `
  const udp = require('dgram').createSocket('udp4');
  const long = (type) => { const b = Buffer.alloc(1200); b[0] = 0xc0 | type << 4; b[4] = 1; b[5] = 8; return b; };
  const short = (spin) => Buffer.concat([Buffer.of(0x40 | spin << 5)], 300);
  udp.on('message', (m, from) => setTimeout(() => {
    const send = (b) => udp.send(b, from.port, from.address);
    if (m[0] & 0x80) return [long(0), long(2)].forEach(send);
    for (let i = 0; i < 3; i++) send(short(m[0] >> 5 & 1));
  }, ${SERVER_MS}));
  udp.bind(443, '192.0.2.2', () => console.log('ready'));`;
const CLIENT = `
  const udp = require('dgram').createSocket('udp4');
  const initial = Buffer.alloc(1200); initial.set([0xc0, 0, 0, 0, 1, 2, 0xab, 0xcd, 0]);
  let rounds = 0, spin = 0;
  const short = () => udp.send(Buffer.concat([Buffer.of(0x40 | spin << 5)], 60), 443, '192.0.2.2');
  udp.on('message', (m) => {
    if (m[0] & 0x80) { if ((m[0] >> 4 & 3) === 2) short(); return; }
    const next = 1 - (m[0] >> 5 & 1);
    if (next === spin && rounds > 0) return;
    spin = next;
    if (++rounds > ${ROUNDS}) process.exit();
    short();
  });
  udp.send(initial, 443, '192.0.2.2');`;

let tapped: TappedPair;

beforeAll(async () => {
  tapped = await TappedPair.open('quic');
  const server = tapped.run(tapped.pair.right, SERVER);
  if (server.stdout) await once(server.stdout, 'data');
});

afterAll(() => tapped.close());

it('times the handshake and the round trips of a connection over real sockets', async () => {
  await once(tapped.run(tapped.pair.left, CLIENT), 'exit');
  const rows = [...tapped.monitor.sweep()]
    .filter((batch) => batch.stream === 'quic_connection')
    .flatMap(rowsFromBatch);
  expect(rows).toEqual([
    expect.objectContaining({
      ...{ tap_role: 'pod', pod: 'p1', ifname: 'nvt0', src: '192.0.2.1', dst: '192.0.2.2' },
      ...{ dst_port: 443, version: 1, destination_id: 'abcd', source_id: '', client_initials: 1n },
      ...{ spins: 1, spin_strays: 0n },
    }),
  ]);
  const number = (field: string): number => Number(rows[0]?.[field]);
  expect(number('server_ns')).toBeGreaterThan(SERVER_MS * 1e6);
  expect(number('established_ns')).toBeGreaterThan(number('server_ns'));
  expect(number('spin_samples')).toBeGreaterThan(ROUNDS - 10);
  expect(number('spin_min_ns')).toBeGreaterThan(SERVER_MS * 0.95e6);
  expect(number('spin_min_ns')).toBeLessThan(SERVER_MS * 2e6);
  expect(number('spin_server_sum_ns')).toBeLessThan(number('spin_sum_ns'));
});
