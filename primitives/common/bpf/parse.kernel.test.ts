import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeEthernetDevice, type OwnDevice } from './fixture/device.js';
import {
  greFrame,
  ipipFrame,
  tagged,
  tcpFrame,
  udpFrame,
  unreachableFrame,
  vxlanFrame,
} from './fixture/frames.js';
import { type Disagreement, Judge, LOOPBACK } from './fixture/judge.js';
import type { Facts } from './fixture/reference/facts.js';
import type { Offload } from './fixture/reference/parser.js';

const ENDS = { src: '10.244.1.5', dst: '10.244.2.7', srcPort: 40001, dstPort: 8080 };
const ENDS_6 = { ...ENDS, src: 'fd00::1', dst: 'fd00::2' };
const OUTER = { src: '192.0.2.1', dst: '192.0.2.2', srcPort: 51000 };
const data = (more: object = {}): Buffer =>
  tcpFrame({ ...ENDS, seq: 7, ack: 9, payload: 100, ...more });

let judge: Judge;
let device: OwnDevice;
beforeAll(async () => {
  judge = new Judge(true);
  device = await makeEthernetDevice();
});
afterAll(async () => {
  judge.close();
  await device.destroy();
});

interface Finding {
  readonly facts: Facts | undefined;
  readonly disagreement: Disagreement | undefined;
}

/** Where a tracepoint finds an Ethernet header, and where it does not. */
function parse(frame: Buffer, offload?: Offload): Finding {
  judge.submit(frame, LOOPBACK, offload);
  return { facts: judge.submit(frame, device, offload), disagreement: judge.settle() };
}

const understood = (facts: Partial<Facts>): object => ({
  facts: expect.objectContaining(facts) as object,
  disagreement: undefined,
});
const REJECTED: Finding = { facts: undefined, disagreement: undefined };

/** With other bytes from `at` on. */
function patched(frame: Buffer, at: number, ...bytes: readonly number[]): Buffer {
  const copy = Buffer.from(frame);
  copy.set(bytes, at);
  return copy;
}

/** An IPv6 frame with extension headers, each given whole but for its first byte. */
function extended(chain: readonly (readonly [type: number, ...rest: number[]])[]): Buffer {
  const frame = tcpFrame({ ...ENDS, ...ENDS_6, seq: 7, ack: 9, payload: 100 });
  const types = [...chain.map(([type]) => type), 6];
  const headers = chain.flatMap(([, ...rest], index) => [types[index + 1] ?? 6, ...rest]);
  const header = patched(frame.subarray(0, 54), 18, 0, 120 + headers.length, types[0] ?? 6);
  return Buffer.concat([header, Buffer.from(headers), frame.subarray(54)]);
}

const padded = (frame: Buffer): Buffer => Buffer.concat([frame, Buffer.alloc(60, 0xff)]);

const INNER = { src_port: 40001, dst_port: 8080, protocol: 6, seq: 7, ack: 9, payload: 100 };

describe('the headers of a packet', () => {
  it.each([
    ['plain', data(), { network_offset: 14, transport_offset: 34, ip_bytes: 140 }],
    ['IPv6', data(ENDS_6), { network_offset: 14, transport_offset: 54, ip_bytes: 160 }],
    ['behind a tag', tagged(data()), { network_offset: 18, transport_offset: 38 }],
    [
      'in VXLAN',
      vxlanFrame(OUTER, 42, data()),
      { 'outer.encapsulation': 1, 'outer.vni': 42, 'outer.src_port': 51000 },
    ],
    ['in GRE with a key', greFrame(OUTER.src, OUTER.dst, 7, data()), { 'outer.vni': 7 }],
    ['in IP', ipipFrame(OUTER.src, OUTER.dst, data()), { 'outer.encapsulation': 3 }],
  ])('are found, %s', (_, frame, facts) => {
    expect(parse(frame)).toEqual(understood({ ...INNER, ...facts }));
  });

  it('are those of the packet that an ICMP error quotes', () => {
    expect(parse(unreachableFrame('10.244.0.1', ENDS.src, data()))).toEqual(
      understood({ icmp_error: 1, src_port: 40001, dst_port: 8080, seq: 7, payload: 0 }),
    );
  });

  it('are none where there is no IP', () => {
    expect(parse(Buffer.alloc(60))).toEqual(REJECTED);
  });
});

describe('a packet that ends early', () => {
  it.each([
    ['in its IP header, behind a tag', tagged(data()).subarray(0, 30)],
    ['in its TCP header', data().subarray(0, 44)],
    ['in the ports of a quote', unreachableFrame('10.244.0.1', ENDS.src, data()).subarray(0, 66)],
  ])('is rejected, %s', (_, frame) => {
    expect(parse(frame)).toEqual(REJECTED);
  });
});

describe('a length that cannot be', () => {
  it.each([
    ['an IPv4 header of four words', patched(data(), 14, 0x44)],
    ['an IPv4 header longer than its packet', padded(patched(data({ payload: 0 }), 14, 0x4f))],
    ['an IPv4 packet longer than its frame', patched(data(), 16, 0, 141)],
    ['an IPv6 packet longer than its frame', patched(data(ENDS_6), 18, 0, 121)],
    ['a TCP header of four words', patched(data(), 46, 0x40)],
    ['a TCP header longer than its packet', padded(patched(data({ payload: 0 }), 46, 0x60))],
    ['a TCP header behind the end of its packet', patched(data(), 16, 0, 39)],
    [
      'an inner packet longer than the outer one',
      patched(vxlanFrame(OUTER, 1, data()), 66, 0, 141),
    ],
  ])('makes a packet none: %s', (_, frame) => {
    expect(parse(frame)).toEqual(REJECTED);
  });

  it('is that of the whole, in the first fragment of a tunnel and in a quote', () => {
    const fragment = patched(vxlanFrame(OUTER, 1, data()).subarray(0, 134), 16, 0, 120, 0, 0, 0x20);
    expect(parse(fragment)).toEqual(understood({ ...INNER, fragment: 1, ip_bytes: 140 }));
    const quote = unreachableFrame('10.244.0.1', ENDS.src, data());
    expect(parse(quote)).toEqual(understood({ icmp_error: 1, ip_bytes: 140 }));
  });

  it('is not that of the frame: padding is no payload', () => {
    expect(parse(padded(data()))).toEqual(understood(INNER));
  });
});

describe('a length of 0', () => {
  const SUPER_PACKET = { gsoSize: 50, gsoSegments: 0 };
  const unstated = [
    ['IPv4', patched(data(), 16, 0, 0), 140],
    ['IPv6', patched(data(ENDS_6), 18, 0, 0), 160],
  ] as const;

  it.each(unstated)('is that of the frame in a super-packet, %s', (_, frame, bytes) => {
    const facts = { payload: 100, ip_bytes: bytes, segments: 2 };
    expect(parse(frame, SUPER_PACKET)).toEqual(understood(facts));
  });

  it.each(unstated)('holds no transport in any other packet, %s', (_, frame) => {
    expect(parse(frame)).toEqual(REJECTED);
  });
});

describe('IPv6 extension headers', () => {
  const HOP_BY_HOP = [0, 0, 0, 0, 0, 0, 0, 0] as const;
  const ROUTING = [43, 0, 0, 0, 0, 0, 0, 0] as const;
  const DESTINATION = [60, 1, ...new Array<number>(14).fill(0)] as const;
  const AUTHENTICATION = [51, 4, ...new Array<number>(22).fill(0)] as const;
  const fragment = (high: number, low: number) => [44, 0, high, low, 0, 0, 0, 1] as const;

  it.each([
    ['one', [DESTINATION], 0],
    [
      'all six of RFC 8200',
      [HOP_BY_HOP, DESTINATION, ROUTING, fragment(0, 1), AUTHENTICATION, DESTINATION],
      1,
    ],
    ['a fragment header of a whole packet', [fragment(0, 0)], 0],
    ['that of a first fragment', [fragment(0, 1)], 1],
  ] as const)('are passed, %s', (_, chain, isFragment) => {
    const facts = { ...INNER, fragment: isFragment, headless: 0 };
    expect(parse(extended(chain))).toEqual(understood(facts));
  });

  it('end at that of a later fragment', () => {
    const facts = { fragment: 1, headless: 1, protocol: 60, src_port: 0 };
    expect(parse(extended([fragment(0, 8), DESTINATION]))).toEqual(understood(facts));
  });

  it.each([
    ['seven', new Array<typeof ROUTING>(7).fill(ROUTING)],
    ['hop-by-hop options behind others', [ROUTING, HOP_BY_HOP]],
  ] as const)('make a packet none, %s', (_, chain) => {
    expect(parse(extended(chain))).toEqual(REJECTED);
  });
});

describe('TCP options', () => {
  const SACK = [5, 10, 0, 0, 0, 20, 0, 0, 0, 30] as const;
  const SACKED = { has_sack: 1, sack_start: 20, sack_end: 30 };
  const SYN = 2;
  const NOPS = (count: number) => new Array<number>(count).fill(1);
  const withOptions = (...options: readonly number[]): Buffer => data({ options });

  it.each([
    ['behind thirty NOPs', withOptions(...NOPS(30), ...SACK)],
    ['behind options that nobody knows', withOptions(254, 8, 0, 0, 0, 0, 0, 0, 253, 2, ...SACK)],
  ])('are found, %s', (_, frame) => {
    expect(parse(frame)).toEqual(understood(SACKED));
  });

  it.each([
    ['behind the end of the list', withOptions(0, 1, ...SACK)],
    ['behind one of impossible length', withOptions(254, 1, ...SACK)],
    ['cut by the end of the header', withOptions(1, 1, ...SACK.slice(0, 6))],
    ['of no block', withOptions(1, 1, 5, 2)],
    ['of half a block', withOptions(1, 1, 5, 6, 0, 0, 0, 20)],
  ])('are none, %s', (_, frame) => {
    expect(parse(frame)).toEqual(understood({ has_sack: 0, sack_start: 0 }));
  });

  it.each([
    ['a shift of 7', [1, 3, 3, 7], 8],
    ['a shift beyond 14', [1, 3, 3, 200], 15],
    ['in four bytes', [3, 4, 7, 0], 0],
  ])('scale the window by at most 14 bits, %s', (_, options, window_scale) => {
    expect(parse(data({ options, flags: SYN }))).toEqual(understood({ window_scale }));
  });
});

describe('a tunnel', () => {
  const gre = (high: number): Buffer =>
    patched(greFrame(OUTER.src, OUTER.dst, 7, data()), 34, high);
  // A VXLAN header with other first bytes is a Geneve header.
  const geneve = (first: number, second: number): Buffer =>
    patched(vxlanFrame(OUTER, 42, data(), 6081), 42, first, second, 0x65, 0x58);

  it.each([
    ['GRE', gre(0x20), { 'outer.encapsulation': 4, 'outer.vni': 7 }],
    ['Geneve', geneve(0, 0), { 'outer.encapsulation': 2, 'outer.vni': 42 }],
    ['Geneve with critical options', geneve(0, 0x40), { 'outer.encapsulation': 2 }],
  ])('is looked into: %s', (_, frame, facts) => {
    expect(parse(frame)).toEqual(understood({ ...INNER, ...facts }));
  });

  it.each([
    ['GRE with source routing', gre(0x60), 47],
    ['GRE with reserved bits', gre(0x28), 47],
    ['GRE of another version', patched(gre(0x20), 35, 1), 47],
    ['Geneve of another version', geneve(0x40, 0), 17],
    ['a Geneve control message', geneve(0, 0x80), 17],
    ['VXLAN without a network identifier', patched(vxlanFrame(OUTER, 1, data()), 42, 0), 17],
  ])('stays closed: %s', (_, frame, protocol) => {
    const facts = { 'outer.encapsulation': 0, protocol, src: expect.anything() as Facts['src'] };
    expect(parse(frame)).toEqual(understood(facts));
  });
});

describe('an ICMP error', () => {
  const error = unreachableFrame('10.244.0.1', ENDS.src, data());

  it('quotes no sequence number of UDP', () => {
    const quote = unreachableFrame('192.0.2.9', OUTER.src, vxlanFrame(OUTER, 1, data()));
    expect(parse(quote)).toEqual(
      understood({ icmp_error: 1, protocol: 17, src_port: 51000, dst_port: 4789, seq: 0 }),
    );
  });

  it('is one of ICMP in IPv4 only', () => {
    expect(parse(patched(error, 23, 58))).toEqual(understood({ icmp_error: 0, protocol: 58 }));
  });
});

describe('the length of a UDP datagram', () => {
  const datagram = udpFrame(ENDS.src, ENDS.dst, 40001, 53, Buffer.alloc(100));

  it.each([
    ['that of its packet', datagram, 100],
    ['less, before UDP options', patched(datagram, 38, 0, 58), 50],
    ['of the whole, in a first fragment', patched(patched(datagram, 38, 1, 0), 20, 0x20), 100],
  ])('tells its payload: %s', (_, frame, payload) => {
    expect(parse(frame)).toEqual(understood({ protocol: 17, dst_port: 53, payload }));
  });

  it.each([
    ['less than its header', patched(datagram, 38, 0, 7)],
    ['more than its packet', patched(datagram, 38, 0, 109)],
    ['none, in IPv4', patched(datagram, 38, 0, 0)],
  ])('makes a packet none: %s', (_, frame) => {
    expect(parse(frame)).toEqual(REJECTED);
  });

  it('may be none in IPv6', () => {
    const header = patched(data(ENDS_6).subarray(0, 54), 18, 0, 108, 17);
    const frame = Buffer.concat([header, patched(datagram, 38, 0, 0).subarray(34)]);
    expect(parse(frame)).toEqual(understood({ protocol: 17, payload: 100 }));
  });
});

describe('what a TCP header tells besides', () => {
  const TIMESTAMPS = [8, 10, 0, 0, 0, 5, 0, 0, 0, 6] as const;
  const TIMES = { has_timestamp: 1, tsval: 5, tsecr: 6 };
  const block = (start: number, end: number) => [0, 0, 0, start, 0, 0, 0, end] as const;

  it.each([
    [
      'timestamps alone',
      data({ options: [1, 1, ...TIMESTAMPS] }),
      { ...TIMES, payload_offset: 66 },
    ],
    ['timestamps behind others', data({ options: [4, 2, ...TIMESTAMPS] }), TIMES],
    ['timestamps over IPv6', data({ ...ENDS_6, options: [1, 1, ...TIMESTAMPS] }), TIMES],
    ['no timestamps', data(), { has_timestamp: 0, tsval: 0, payload_offset: 54 }],
    [
      'timestamps of false length',
      data({ options: [8, 8, 0, 0, 0, 5, 0, 0] }),
      { has_timestamp: 0 },
    ],
    ['ECE and CWR', data({ flags: 0xd0 }), { flags: 0xd0 }],
  ])('is found: %s', (_, frame, facts) => {
    expect(parse(frame)).toEqual(understood({ ...INNER, ...facts }));
  });

  // The segments acknowledge 9.
  it.each([
    ['a hole', [block(20, 30)], 1, 0],
    ['two holes', [block(20, 30), block(40, 50)], 2, 0],
    ['data below the acknowledgment', [block(3, 9)], 1, 1],
    ['data within the second block', [block(20, 25), block(20, 30)], 2, 1],
    [
      'data that reach beyond the second block',
      [block(20, 31), block(20, 30), block(40, 50)],
      3,
      0,
    ],
  ])('says of SACK blocks whether data came twice: %s', (_, blocks, sack_blocks, dsack) => {
    const options = [1, 1, 5, 2 + 8 * blocks.length, ...blocks.flat()];
    expect(parse(data({ options }))).toEqual(understood({ has_sack: 1, sack_blocks, dsack }));
  });

  it('finds a duplicate across the wrap of sequence numbers', () => {
    const options = [1, 1, 5, 10, 255, 255, 255, 250, 0, 0, 0, 3];
    expect(parse(data({ options, ack: 3 }))).toEqual(understood({ dsack: 1 }));
  });
});

describe('what an IP header tells besides', () => {
  it.each([
    ['nothing of ECN', 0, 0, 0],
    ['ECT(0)', 2, 1, 0],
    ['ECT(1)', 1, 1, 0],
    ['CE', 3, 1, 1],
  ])('is found: %s', (_, ecn, ect, ecn_ce) => {
    expect(parse(patched(data(), 15, ecn))).toEqual(understood({ ect, ecn_ce }));
    expect(parse(patched(data(ENDS_6), 15, ecn << 4))).toEqual(understood({ ect, ecn_ce }));
  });
});

describe('what an ICMP error tells besides', () => {
  const error = (...header: readonly number[]): Buffer =>
    patched(unreachableFrame('10.244.0.1', ENDS.src, data()), 34, ...header);

  it.each([
    ['fragmentation needed', error(3, 4, 0, 0, 0, 0, 5, 0x14), 3, 4, 1300],
    ['a port unreachable', error(3, 3, 0, 0, 0, 0, 5, 0x14), 3, 3, 0],
    ['time exceeded', error(11, 1), 11, 1, 0],
  ])('is found: %s', (_, frame, icmp_type, icmp_code, icmp_mtu) => {
    const facts = { icmp_error: 1, icmp_type, icmp_code, icmp_mtu, payload_offset: 0 };
    expect(parse(frame)).toEqual(understood({ ...facts, src_port: 40001 }));
  });

  it('is found in ICMPv6, where the MTU has 32 bits', () => {
    const quoted = data(ENDS_6);
    const outer = patched(quoted.subarray(0, 54), 18, 0, 8 + 48, 58);
    const packetTooBig = Buffer.of(2, 0, 0, 0, 0, 1, 0, 0);
    const frame = Buffer.concat([outer, packetTooBig, quoted.subarray(14, 62)]);
    const facts = { icmp_error: 1, icmp_type: 2, icmp_code: 0, icmp_mtu: 65536, seq: 7 };
    expect(parse(frame)).toEqual(understood(facts));
  });
});
