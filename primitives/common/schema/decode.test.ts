import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressBytes, addressText } from './address.js';
import { rowsFromBatch } from './columns.js';
import { decodeRecords, recordSize } from './decode.js';
import { LAYOUTS } from './gen/layout.js';

const at = LAYOUTS.alert.fields;
const agent = { host: 'a', source: 'push', begun_ns: 0n };

function alertRecord(into: Buffer, timeNs: bigint, src: string, port: number, kind: number): void {
  into.writeBigUInt64LE(timeNs, at.time_ns.offset);
  into.writeBigUInt64LE(2n ** 64n - 1n, at.observed.offset);
  into.set(addressBytes(src), at.src.offset);
  into.set(addressBytes('10.0.0.2'), at.dst.offset);
  into.writeUInt16LE(port, at.src_port.offset);
  into.writeUInt8(kind, at.kind.offset);
}

describe('decodeRecords', () => {
  it('reads every record, at any alignment of the buffer', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.bigInt(0n, 2n ** 64n - 1n), fc.ipV4(), fc.nat(0xffff), fc.nat(9))),
        fc.nat(7),
        (alerts, shift) => {
          const size = recordSize('alert');
          const bytes = Buffer.alloc(shift + alerts.length * size).subarray(shift);
          alerts.forEach((alert, row) => {
            alertRecord(bytes.subarray(row * size, (row + 1) * size), ...alert);
          });
          const batch = decodeRecords('alert', bytes, agent);
          expect(batch.length).toBe(alerts.length);
          const read = rowsFromBatch(batch);
          expect(read.map((row) => [row['time_ns'], row['src'], row['src_port']])).toEqual(
            alerts.map(([timeNs, src, port]) => [timeNs, src, port]),
          );
          for (const row of read) {
            expect(row).toMatchObject({ ...agent, dst: '10.0.0.2', observed: 2n ** 64n - 1n });
          }
        },
      ),
    );
  });

  it('names enum values, and keeps the number of one it does not know', () => {
    const size = recordSize('alert');
    const bytes = Buffer.alloc(2 * size);
    alertRecord(bytes.subarray(0, size), 1n, '::1', 1, 1);
    alertRecord(bytes.subarray(size), 1n, '::1', 1, 200);
    expect(decodeRecords('alert', bytes, agent).columns['kind']).toEqual(['rtt_shift', '200']);
  });

  it('ends a thread name at its NUL and reads histograms row by row', () => {
    const owner = Buffer.alloc(recordSize('socket_owner'));
    owner.write('nginx\0junk', LAYOUTS.socket_owner.fields.comm.offset);
    const owners = decodeRecords('socket_owner', owner, { host: 'a', time_ns: 1, cgroup: '/' });
    expect(owners.columns['comm']).toEqual(['nginx']);
    expect(owners.columns['time_ns']).toEqual(BigUint64Array.of(1n));
  });

  it('refuses a torn buffer and a forgotten column', () => {
    const size = recordSize('alert');
    expect(() => decodeRecords('alert', Buffer.alloc(size + 1), agent)).toThrow(/no whole number/);
    expect(() => decodeRecords('alert', Buffer.alloc(size), { host: 'a' })).toThrow(/"source"/);
  });
});

describe('addresses', () => {
  it('come back as written', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        expect(addressBytes(addressText(bytes))).toEqual(bytes);
      }),
    );
  });

  it.each([
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['fe80::1', 'fe80::1'],
  ])('%s is written %s', (given, canonical) => {
    expect(addressText(addressBytes(given))).toBe(canonical);
  });

  it('are refused when they are none', () => {
    expect(() => addressBytes('10.0.0.256')).toThrow(/"10.0.0.256" is no IP address/);
  });
});
