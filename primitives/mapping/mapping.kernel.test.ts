import { afterAll, beforeAll, expect, it } from 'vitest';
import { tcpFrame, vxlanFrame } from '../common/bpf/fixture/frames.js';
import { BpfObject } from '../common/loader/index.js';
import { native } from '../common/native/index.js';
import { rowsFromBatch } from '../common/schema/columns.js';
import { Mapping } from './index.js';

const INNER = { src: '10.244.1.5', dst: '10.244.2.7', srcPort: 40001, dstPort: 8080 };
const OUTER = { src: '192.0.2.1', dst: '192.0.2.2' };
/** The loopback device (index 1), on which test runs happen, in its slot as an uplink: tap id 0, role 2. */
const SLOT = Uint8Array.of(1, 0, 0, 0);
const UPLINK = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0);

let object: BpfObject;
let mapping: Mapping;

beforeAll(() => {
  object = BpfObject.open('build/bpf/monitor.bpf.o').load();
  native().mapUpdate(object.map('nv_taps').fd, SLOT, UPLINK);
  mapping = new Mapping(object.map('nv_mappings'), 'h');
});
afterAll(() => object.close());

function send(hook: 'ingress' | 'egress', srcPort: number, seq: number): void {
  const frame = vxlanFrame({ ...OUTER, srcPort }, 42, tcpFrame({ ...INNER, seq, payload: 10 }));
  native().programTestRun(object.program(`nv_tap_${hook}`).fd, frame, 1);
}

it('has one row for each outer header of an inner flow', () => {
  send('egress', 51000, 1);
  send('egress', 51000, 11);
  send('egress', 51001, 21);
  const rows = rowsFromBatch(mapping.sweep());
  expect(rows.map((row) => row['outer_src_port']).sort()).toEqual([51000, 51001]);
  expect(rows[0]).toMatchObject({
    host: 'h',
    src: INNER.src,
    dst: INNER.dst,
    src_port: INNER.srcPort,
    dst_port: INNER.dstPort,
    hook: 'egress',
    encapsulation: 'vxlan',
    outer_src: OUTER.src,
    outer_dst: OUTER.dst,
    outer_dst_port: 4789,
    vni: 42,
  });
});

it('sweeps only what was in use since', () => {
  mapping.sweep();
  expect(mapping.sweep().length).toBe(0);
});

it('finds outer headers by either direction of the flow, and flows by outer header', () => {
  const reply = { src: INNER.dst, src_port: 8080, dst: INNER.src, dst_port: 40001, protocol: 6 };
  expect(mapping.lookupInner(reply)).toHaveLength(2);
  expect(mapping.lookupInner({ ...reply, src_port: 8081 })).toEqual([]);
  const outer = { ...OUTER, src_port: 51001, dst_port: 4789 };
  expect(mapping.lookupOuter(outer)).toEqual([expect.objectContaining({ src: INNER.src })]);
});

it('loads with its program where the kernel has no conntrack functions', () => {
  const absent = BpfObject.open('build/bpf/no-conntrack.bpf.o').load();
  expect(absent.program('nv_tap_ingress').fd).toBeGreaterThan(0);
  absent.close();
});
