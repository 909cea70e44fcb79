import { afterEach, beforeEach, expect, it } from 'vitest';
import { Bench } from './fixture/bench.js';
import {
  greFrame,
  ipipFrame,
  tagged,
  tcpFrame,
  unreachableFrame,
  vxlanFrame,
} from '../common/bpf/fixture/frames.js';

const INNER = { src: '10.244.1.5', dst: '10.244.2.7', srcPort: 40001, dstPort: 8080 };
const data = (more: object = {}): Buffer => tcpFrame({ ...INNER, seq: 1, payload: 100, ...more });

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.close());

const expectInner = (): void => {
  expect(bench.sweep().flows).toEqual([
    expect.objectContaining({
      src: INNER.src,
      dst: INNER.dst,
      src_port: INNER.srcPort,
      dst_port: INNER.dstPort,
      payload_bytes: 100n,
      wire_bytes: 140n,
    }),
  ]);
};

it.each([
  ['VXLAN', vxlanFrame({ src: '192.0.2.1', dst: '192.0.2.2', srcPort: 51000 }, 42, data())],
  [
    'VXLAN on 8472',
    vxlanFrame({ src: '192.0.2.1', dst: '192.0.2.2', srcPort: 5 }, 1, data(), 8472),
  ],
  ['GRE with a key', greFrame('192.0.2.1', '192.0.2.2', 7, data())],
  ['IP in IP', ipipFrame('192.0.2.1', '192.0.2.2', data())],
  ['a VLAN', tagged(data())],
  ['TCP options', data({ options: [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 1], payload: 88 })],
])('reads the flow inside %s', (name, frame) => {
  expect(bench.run(frame)).toBe(-1);
  if (name === 'TCP options') {
    expect(bench.sweep().flows).toEqual([
      expect.objectContaining({ payload_bytes: 88n, wire_bytes: 140n }),
    ]);
  } else expectInner();
});

it('reads IPv6', () => {
  bench.run(tcpFrame({ ...INNER, src: 'fd00::1', dst: 'fd00::2', payload: 10 }));
  expect(bench.sweep().flows).toEqual([
    expect.objectContaining({
      src: 'fd00::1',
      dst: 'fd00::2',
      payload_bytes: 10n,
      wire_bytes: 70n,
    }),
  ]);
});

it('counts an ICMP error on the flow that it quotes', () => {
  const frame = data();
  bench.run(frame);
  bench.sweep();
  bench.run(unreachableFrame('10.244.0.1', INNER.src, frame));
  expect(bench.sweep().flows).toEqual([
    expect.objectContaining({ src: INNER.src, icmp_errors: 1, packets: 0 }),
  ]);
});

it('lets what is no flow pass uncounted', () => {
  expect(bench.run(Buffer.alloc(60))).toBe(-1);
  expect(bench.sweep().flows).toEqual([]);
});
