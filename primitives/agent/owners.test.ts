import { expect, it } from 'vitest';
import { Owners, type SocketOwner, threadsOf } from './owners.js';

const socket = (src_port: number, dst_port: number, tgid: number): SocketOwner => ({
  src: '10.0.0.1',
  src_port,
  dst: '10.0.0.2',
  dst_port,
  protocol: 6,
  tcp_state: 1,
  netns: 7,
  tgid,
  uid: 0,
  comm: 'app',
});

it('reports a socket and its process once, and again after they were gone', () => {
  const owners = new Owners({});
  const ports = (...sockets: SocketOwner[]): number[] =>
    [...owners.update([sockets], 5n)].flat().map(({ src_port }) => src_port);
  expect(ports(socket(1, 80, 9), socket(2, 80, 9))).toEqual([1, 2]);
  expect(ports(socket(2, 80, 9), socket(2, 80, 10))).toEqual([2]);
  expect(ports(socket(1, 80, 9))).toEqual([1]);
});

it('tells again of the sockets that last, with the time they were first seen', () => {
  const owners = new Owners({});
  void [...owners.update([[socket(1, 80, 9), socket(2, 80, 9)]], 5n)];
  void [...owners.update([[socket(2, 80, 9)]], 7n)];
  expect(owners.all).toMatchObject([{ src_port: 2, time_ns: 5n }]);
});

it('finds the processes of a flow whichever way it is named', () => {
  const owners = new Owners({});
  void [...owners.update([[socket(1, 80, 9)], [socket(2, 80, 10)]], 5n)];
  const { src, dst } = socket(1, 80, 9);
  const there = { src, src_port: 1, dst, dst_port: 80, protocol: 6 };
  const back = { src: dst, src_port: 80, dst: src, dst_port: 1, protocol: 6 };
  expect([...owners.processesOf([there])]).toEqual([9]);
  expect([...owners.processesOf([back])]).toEqual([9]);
});

it('lists the threads of living processes', () => {
  expect(threadsOf([process.pid, 2 ** 30])).toContain(process.pid);
});
