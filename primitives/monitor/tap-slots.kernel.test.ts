import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tcpFrame } from '../common/bpf/fixture/frames.js';
import { BpfObject } from '../common/loader/index.js';
import { Bench } from './fixture/bench.js';
import { type SlotTap, TapSlots } from './tap-slots.js';

const SLOTS = 4096;
const tapAt = (ifindex: number, ifname = `if${ifindex}`): SlotTap => ({
  netnsFd: -1,
  ifindex,
  ifname,
  role: 'pod',
});

describe('TapSlots', () => {
  let object: BpfObject;
  let slots: TapSlots;

  beforeAll(() => {
    object = BpfObject.open('build/bpf/monitor.bpf.o').load();
    slots = TapSlots.of(object);
  });
  afterAll(() => object.close());

  it('takes four interfaces that lead to one slot, and names them to the fifth', () => {
    const same = [5, 5 + SLOTS, 5 + 2 * SLOTS, 5 + 3 * SLOTS];
    for (const ifindex of same) slots.reserve(tapAt(ifindex));
    for (const ifindex of same) expect(slots.counts(ifindex)).toBeDefined();
    expect(() => slots.reserve(tapAt(5 + 4 * SLOTS, 'veth9'))).toThrow(
      'no room for a tap at "veth9" (index 16389): its 4 slots are those of ' +
        '"if5" (5), "if4101" (4101), "if8197" (8197), "if12293" (12293)',
    );
    expect(slots.counts(5 + 4 * SLOTS)).toBeUndefined();
  });

  it('gives a released slot to the next, and still finds those behind it', () => {
    slots.release(5);
    expect(slots.counts(5)).toBeUndefined();
    expect(slots.counts(5 + SLOTS)).toBeDefined();
    slots.reserve(tapAt(5 + 4 * SLOTS));
    expect(slots.counts(5 + 4 * SLOTS)).toBeDefined();
  });
});

describe('the counts of a tap', () => {
  const bench = new Bench();
  afterAll(() => bench.close());

  it('hold every packet of each hook, and those without a flow apart', () => {
    const flow = { src: '10.0.0.1', dst: '10.0.0.2', srcPort: 40000, dstPort: 80 };
    const frame = tcpFrame({ ...flow, payload: 100 });
    const arp = Buffer.concat([Buffer.alloc(12), Buffer.of(0x08, 0x06), Buffer.alloc(46)]);
    bench.run(frame);
    bench.run(frame);
    bench.run(arp);
    bench.run(frame, 'nv_tap_egress');
    const both = BigInt(2 * frame.length + arp.length);
    expect(bench.counts()).toEqual({
      ingress: { packets: 3n, segments: 3n, bytes: both, unparsed: 1n },
      egress: { packets: 1n, segments: 1n, bytes: BigInt(frame.length), unparsed: 0n },
    });
  });
});
