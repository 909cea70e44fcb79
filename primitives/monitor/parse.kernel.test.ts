import { afterEach, beforeEach, expect, it } from 'vitest';
import { rowsFromBatch } from '../common/schema/columns.js';
import { Mapping } from '../mapping/index.js';
import { Bench } from './fixture/bench.js';
import {
  greFrame,
  ipipFrame,
  tagged,
  tcpFrame,
  unreachableFrame,
  vxlanFrame,
} from './fixture/frames.js';

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
    expect.objectContaining({ src: INNER.src, icmp_errors: 1n, packets: 0n }),
  ]);
});

it('maps the inner flow to its outer headers, both ways, one row each', () => {
  const mapping = new Mapping(bench.object.map('nv_mappings'), 'h');
  const outer = { src: '192.0.2.1', dst: '192.0.2.2', srcPort: 51000 };
  bench.run(vxlanFrame(outer, 42, data()), 'nv_tap_egress');
  bench.run(vxlanFrame(outer, 42, data({ seq: 101 })), 'nv_tap_egress');
  bench.run(vxlanFrame({ ...outer, srcPort: 51001 }, 42, data({ seq: 201 })), 'nv_tap_egress');
  const rows = rowsFromBatch(mapping.sweep());
  expect(rows.map((row) => row['outer_src_port']).sort()).toEqual([51000, 51001]);
  expect(rows[0]).toMatchObject({
    src: INNER.src,
    dst: INNER.dst,
    hook: 'egress',
    encapsulation: 'vxlan',
    outer_src: '192.0.2.1',
    outer_dst_port: 4789,
    vni: 42,
  });
  expect(mapping.sweep().length).toBe(0);
  const inner = { src: INNER.dst, src_port: 8080, dst: INNER.src, dst_port: 40001, protocol: 6 };
  expect(mapping.lookupInner(inner)).toHaveLength(2);
  expect(
    mapping.lookupOuter({ src: '192.0.2.1', dst: '192.0.2.2', src_port: 51001, dst_port: 4789 }),
  ).toEqual([expect.objectContaining({ src: INNER.src })]);
});

it('lets what is no flow pass uncounted', () => {
  expect(bench.run(Buffer.alloc(60))).toBe(-1);
  expect(bench.sweep().flows).toEqual([]);
});
