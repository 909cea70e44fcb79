import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removeStaleFilters } from './stale-filters.js';

const NETNS = 'nvt-agent-stale';
const run = (command: string): string => execFileSync('sh', ['-c', command], { encoding: 'utf8' });

beforeEach(() => {
  run(`ip netns add ${NETNS} && ip -n ${NETNS} link add d0 type veth peer name d1`);
});
afterEach(() => {
  run(`ip netns del ${NETNS}`);
});

it('removes the filters of a killed agent and leaves those of others', async () => {
  const pass = 'bpf da bytecode "1,6 0 0 4294967295"';
  run(`tc -n ${NETNS} qdisc add dev d0 clsact`);
  run(`tc -n ${NETNS} filter add dev d0 egress pref 1 handle 0x4e56 ${pass}`);
  run(`tc -n ${NETNS} filter add dev d0 egress pref 7 handle 0x4e56 ${pass}`);
  expect(await removeStaleFilters(`/run/netns/${NETNS}`)).toEqual(['dev d0 egress']);
  expect(await removeStaleFilters(`/run/netns/${NETNS}`)).toEqual([]);
  expect(run(`tc -n ${NETNS} filter show dev d0 egress`)).toMatch(/pref 7/);
});
