import { expect, it } from 'vitest';
import { addressBytes } from '../common/schema/address.js';
import { LAYOUTS } from '../common/schema/gen/layout.js';
import { Owners, threadsOf } from './owners.js';

const { size, fields } = LAYOUTS.socket_owner;
const [SRC, DST] = ['10.0.0.1', '10.0.0.2'];
const ESTABLISHED = 1;

function socket(srcPort: number, dstPort: number, tgid: number, state = ESTABLISHED): Uint8Array {
  const record = Buffer.alloc(size);
  record.set(addressBytes(SRC), fields.src.offset);
  record.set(addressBytes(DST), fields.dst.offset);
  record.writeUInt16LE(srcPort, fields.src_port.offset);
  record.writeUInt16LE(dstPort, fields.dst_port.offset);
  record.writeUInt8(6, fields.protocol.offset);
  record.writeUInt8(state, fields.tcp_state.offset);
  record.writeUInt32LE(tgid, fields.tgid.offset);
  record.write('app', fields.comm.offset);
  return record;
}

const owners = (): Owners => new Owners('a', {});
const part = (...sockets: readonly Uint8Array[]): Uint8Array => Buffer.concat(sockets);

it('reports a socket and its process once, and again after they were gone', () => {
  const known = owners();
  const ports = (...sockets: readonly Uint8Array[]): number[] =>
    [...known.update([part(...sockets)], 5n)].flat().map(({ src_port }) => src_port);
  expect(ports(socket(1, 80, 9), socket(2, 80, 9), socket(1, 80, 9))).toEqual([1, 2]);
  expect(ports(socket(2, 80, 9), socket(2, 80, 10))).toEqual([2]);
  expect(ports(socket(1, 80, 9))).toEqual([1]);
});

it('tells what a record says, and nothing when only the state of the socket changes', () => {
  const known = owners();
  const [rows] = [...known.update([socket(1, 80, 9, 2)], 5n)];
  expect(rows).toEqual([
    {
      ...{ host: 'a', time_ns: 5n, cgroup: '', comm: 'app', tgid: 9, netns: 0, uid: 0 },
      ...{ src: SRC, src_port: 1, dst: DST, dst_port: 80, protocol: 6, tcp_state: 2 },
    },
  ]);
  expect([...known.update([socket(1, 80, 9)], 6n)]).toEqual([[]]);
});

it('tells again of the sockets that last, with the time they were first seen', () => {
  const known = owners();
  void [...known.update([part(socket(1, 80, 9), socket(2, 80, 9))], 5n)];
  void [...known.update([socket(2, 80, 9)], 7n)];
  expect(known.all).toMatchObject([{ src_port: 2, time_ns: 5n }]);
});

it('keeps what a second reading has seen while the first went on', () => {
  const known = owners();
  const slow = known.update([socket(1, 80, 9), part()], 5n);
  slow.next();
  void [...known.update([part(socket(1, 80, 9), socket(2, 80, 9))], 6n)];
  void [...slow];
  expect(known.all.map(({ src_port }) => src_port)).toEqual([1, 2]);
});

it('finds the processes of a flow whichever way it is named', () => {
  const known = owners();
  void [...known.update([socket(1, 80, 9), socket(2, 80, 10)], 5n)];
  const there = { src: SRC, src_port: 1, dst: DST, dst_port: 80, protocol: 6 };
  const back = { src: DST, src_port: 80, dst: SRC, dst_port: 1, protocol: 6 };
  expect([...known.processesOf([there])]).toEqual([9]);
  expect([...known.processesOf([back])]).toEqual([9]);
});

it('finds whoever asks a service, from whatever port', () => {
  const known = owners();
  void [...known.update([part(socket(1, 80, 9), socket(2, 80, 10), socket(3, 81, 11))], 5n)];
  const service = { src: SRC, src_port: 0, dst: DST, dst_port: 80, protocol: 6 };
  expect([...known.processesOf([service])]).toEqual([9, 10]);
});

it('finds who serves datagrams over a socket that knows no peer', () => {
  const known = owners();
  const bound = Buffer.from(socket(53, 0, 9));
  bound.writeUInt8(17, fields.protocol.offset);
  bound.set(addressBytes('0.0.0.0'), fields.src.offset);
  bound.set(addressBytes('0.0.0.0'), fields.dst.offset);
  void [...known.update([part(bound, socket(53, 0, 10))], 5n)];
  const query = { src: DST, src_port: 4000, dst: SRC, dst_port: 53, protocol: 17 };
  expect([...known.processesOf([query])]).toEqual([9]);
});

it('lists the threads of living processes', () => {
  expect(threadsOf([process.pid, 2 ** 30])).toContain(process.pid);
});
