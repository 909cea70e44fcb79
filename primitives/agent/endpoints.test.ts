import { expect, it } from 'vitest';
import { type Endpoint, EndpointTable } from './endpoints.js';

const endpoint = (address: string, role: Endpoint['role'] = 'pod'): Endpoint => ({
  role,
  pod: 'p1',
  ifname: 'veth0',
  ifindex: 3,
  netns: 7,
  address,
});

it('reports what came and what went, once', () => {
  const table = new EndpointTable();
  const changes = (...endpoints: Endpoint[]): string[] =>
    table
      .update(endpoints, 5n)
      .map(({ address, role, present }) => `${role} ${address} ${present}`);
  expect(changes(endpoint('10.0.0.1'), endpoint('10.0.0.2'))).toEqual([
    'pod 10.0.0.1 1',
    'pod 10.0.0.2 1',
  ]);
  expect(changes(endpoint('10.0.0.1'), endpoint('10.0.0.2'))).toEqual([]);
  expect(changes(endpoint('10.0.0.2', 'host'))).toEqual([
    'pod 10.0.0.1 0',
    'pod 10.0.0.2 0',
    'host 10.0.0.2 1',
  ]);
});

it('tells again of what is there, with the time it was found', () => {
  const table = new EndpointTable();
  const moved = { ...endpoint('10.0.0.1'), pod: 'p2', netns: 8, ifindex: 4 };
  table.update([endpoint('10.0.0.1')], 5n);
  expect(table.update([moved], 7n)).toMatchObject([
    { pod: 'p1', present: 0, time_ns: 7n },
    { pod: 'p2', present: 1, time_ns: 7n },
  ]);
  table.update([moved], 9n);
  expect(table.all).toEqual([{ ...moved, present: 1, time_ns: 7n }]);
});
