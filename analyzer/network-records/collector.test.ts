import { beforeEach, describe, expect, it } from 'vitest';
import { rowsFromBatch, type Value } from '../../primitives/common/schema/columns.js';
import { NetworkRecords } from './collector.js';
import * as made from './fixtures.js';

const SENDER = { address: '192.0.2.9', port: 40000 };
const NOW_MS = 1_700_000_100_000;
const ago = (ms: number): bigint => BigInt(NOW_MS - ms) * 1_000_000n;

let network: NetworkRecords;
beforeEach(() => {
  network = new NetworkRecords();
});

const take = (...datagrams: Buffer[]): Record<string, Value>[] => {
  for (const datagram of datagrams) network.takeNetflow(datagram, SENDER, NOW_MS);
  return rowsFromBatch(network.drain());
};
const takeSflow = (...datagrams: Buffer[]): Record<string, Value>[] => {
  for (const datagram of datagrams) network.takeSflow(datagram, SENDER, NOW_MS);
  return rowsFromBatch(network.drain());
};

const COUNTED = {
  ...{ ...made.FLOW, exporter: SENDER.address, bytes: 7000n, packets: 7n, sampling: 1 },
  ...{ input_interface: 11, output_interface: 12 },
};

describe('NetFlow v5', () => {
  it('is read, with times on the clock of the analyzer', () => {
    expect(take(made.netflow5())).toMatchObject([
      { ...COUNTED, format: 'netflow5', domain: 3, start_ns: ago(3000), end_ns: ago(1000) },
    ]);
  });

  it('takes the sampling interval without its mode, and counts records that never came', () => {
    expect(take(made.netflow5(0, 3, 100))).toMatchObject(Array(3).fill({ sampling: 100 }));
    take(made.netflow5(10, 1));
    expect(network.missing()).toEqual(new Map([[SENDER.address, 7]]));
  });
});

describe('NetFlow v9', () => {
  it('is read by its template, with the sampling rate of its options', () => {
    const rows = take(
      made.netflow9(0, 4, made.V9_OPTIONS_TEMPLATE, made.V9_TEMPLATE, made.v9Sampling(50)),
      made.netflow9(1, 4, made.V9_DATA),
    );
    expect(rows).toMatchObject([
      { ...COUNTED, format: 'netflow9', domain: 4, sampling: 50, end_ns: ago(1000) },
    ]);
    expect(network.refused.size).toBe(0);
  });

  it('keeps the templates of each domain and session apart', () => {
    take(made.netflow9(0, 4, made.V9_TEMPLATE));
    expect(take(made.netflow9(0, 5, made.V9_DATA))).toEqual([]);
    network.takeNetflow(made.netflow9(0, 4, made.V9_DATA), { ...SENDER, port: 40001 }, NOW_MS);
    expect(network.drain().length).toBe(0);
    expect(network.refused).toEqual(new Map([['unknown_template', 2]]));
    expect(take(made.netflow9(9, 4, made.V9_DATA))).toHaveLength(1);
    expect(network.missing()).toEqual(new Map([[SENDER.address, 8]]));
  });
});

describe('IPFIX', () => {
  const told = { ...COUNTED, format: 'ipfix', domain: 6, direction: 'egress', sampling: 100 };

  it('is read past enterprise fields and fields of variable length', () => {
    const rows = take(
      made.ipfix(
        0,
        6,
        made.IPFIX_TEMPLATE,
        ...made.IPFIX_OPTIONS,
        made.IPFIX_DATA,
        made.IPFIX_DATA,
      ),
    );
    const times = { start_ns: ago(3000), end_ns: ago(1000) };
    expect(rows).toMatchObject([{ ...told, ...times }, told]);
    expect(network.refused.size).toBe(0);
  });

  it('counts missing records by those it had, options among them', () => {
    take(made.ipfix(0, 6, made.IPFIX_TEMPLATE, ...made.IPFIX_OPTIONS, made.IPFIX_DATA));
    take(made.ipfix(2, 6, made.IPFIX_DATA));
    expect(network.missing()).toEqual(new Map([[SENDER.address, 0]]));
    take(made.ipfix(8, 6, made.IPFIX_DATA));
    expect(network.missing()).toEqual(new Map([[SENDER.address, 5]]));
  });

  it('forgets a template that is withdrawn', () => {
    const withdrawal = made.dataSet(2, made.u16(300), made.u16(0));
    expect(take(made.ipfix(0, 6, made.IPFIX_TEMPLATE, withdrawal, made.IPFIX_DATA))).toEqual([]);
    expect(network.refused).toEqual(new Map([['unknown_template', 1]]));
  });

  it('reads IPv6 and numbers in fewer bytes', () => {
    const template = made.fields([27, 16], [28, 16], [1, 3]);
    const rows = take(
      made.ipfix(
        0,
        6,
        made.dataSet(2, made.u16(400), made.u16(3), template),
        made.dataSet(400, made.v6('2001:db8::1'), made.v6('2001:db8::2'), Buffer.of(1, 0, 0)),
      ),
    );
    expect(rows).toMatchObject([{ src: '2001:db8::1', dst: '2001:db8::2', bytes: 65536n }]);
  });

  it('refuses templates that no record can follow', () => {
    const of = (...fields: made.Field[]): Buffer =>
      made.dataSet(2, made.u16(401), made.u16(fields.length), made.fields(...fields));
    take(made.ipfix(0, 6, of([5, 0])), made.ipfix(0, 6, of([8, 3])));
    take(made.ipfix(0, 6, of(...Array<made.Field>(200).fill([5, 1]))));
    expect(network.refused).toEqual(
      new Map([
        ['template', 2],
        ['template_limit', 1],
      ]),
    );
  });
});

describe('sFlow v5', () => {
  const told = {
    ...{ ...made.FLOW, exporter: '198.51.100.7', domain: 2, format: 'sflow5', sampling: 512 },
    ...{ input_interface: 11, output_interface: 12, packets: 1n, bytes: 1000n, end_ns: ago(0) },
  };

  it.each([false, true])('tells of sampled packets by their headers, expanded: %s', (expanded) => {
    expect(takeSflow(made.sflow5(1, made.V4_FRAME, expanded))).toMatchObject([told]);
  });

  it('reads IPv6 behind extension headers, and what is cut off has no ports', () => {
    const ends = [made.v6('2001:db8::1'), made.v6('2001:db8::2')];
    const header = made.frame(
      [made.u16(0x86dd), made.u32(0x60000000), made.u16(108), made.u8(0), made.zeros(1), ends],
      [made.u8(6), made.u8(0), made.zeros(6), made.u16(40000), made.u16(80)],
    );
    const ports = { src_port: 40000, dst_port: 80 };
    expect(takeSflow(made.sflow5(1, header))).toMatchObject([
      { src: '2001:db8::1', protocol: 6, bytes: 148n, ...ports },
    ]);
    expect(takeSflow(made.sflow5(2, header.subarray(0, -4)))).toMatchObject([{ src_port: 0 }]);
  });

  it('counts datagrams that never came, and nothing that is not IP', () => {
    takeSflow(made.sflow5(1), made.sflow5(5));
    expect(network.missing()).toEqual(new Map([['198.51.100.7', 3]]));
    expect(takeSflow(made.sflow5(6, made.frame(made.u16(0x0806), made.zeros(28))))).toEqual([]);
    expect(network.refused.size).toBe(0);
  });
});

describe('what is not to be believed', () => {
  it('is counted by reason', () => {
    take(Buffer.alloc(0), made.u16(7), made.netflow5(0, 2).subarray(0, -1));
    takeSflow(made.u32(4));
    expect(network.refused).toEqual(
      new Map([
        ['truncated', 2],
        ['version', 2],
      ]),
    );
  });

  it('cannot say that a flow ended in the future or began long ago', () => {
    const datagram = made.netflow5();
    datagram.writeUInt32BE(made.UPTIME_MS + 1, 24 + 24);
    datagram.writeUInt32BE(made.UPTIME_MS + 5000, 24 + 28);
    const [row] = take(datagram);
    expect(row?.['end_ns']).toBe(ago(7 * 24 * 3600 * 1000));
    expect(row?.['start_ns']).toBe(row?.['end_ns']);
  });

  it('cannot fill the places of all devices from one address, nor grow without end', () => {
    for (let port = 0; port < 1000; port++)
      network.takeNetflow(made.netflow5(), { ...SENDER, port }, NOW_MS);
    expect(network.exporters).toBe(64);
    for (let host = 0; host < 1000; host++)
      network.takeNetflow(made.netflow5(), { address: `h${host}`, port: 1 }, NOW_MS);
    expect(network.exporters).toBe(512);
    expect(network.refused.get('exporter_limit')).toBe(936 + 552);
    const later = NOW_MS + 11 * 60_000;
    network.takeNetflow(made.netflow5(), { address: 'new', port: 1 }, later);
    expect(network.exporters).toBe(1);
  });

  it('cannot make it remember more templates, or keep more rows, than there is room for', () => {
    for (let id = 256; id < 456; id++)
      take(made.netflow9(0, 4, made.dataSet(0, made.u16(id), made.u16(1), made.fields([8, 4]))));
    expect(network.refused).toEqual(new Map([['template_limit', 136]]));
    for (let sent = 0; sent < 2000; sent++)
      network.takeNetflow(made.netflow5(sent * 30, 30), SENDER, NOW_MS);
    expect(network.drain().length).toBe(50_000);
    expect(network.refused.get('backlog')).toBe(10_000);
  });
});
