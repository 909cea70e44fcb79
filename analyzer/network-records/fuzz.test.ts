/** A hundred thousand datagrams, mutated from good ones: none may throw, hang, or make it keep more than its limits. */
import { expect, it } from 'vitest';
import { NetworkRecords } from './collector.js';
import * as made from './fixtures.js';

const DATAGRAMS = 100_000;

const NETFLOW = [
  made.netflow5(7, 3, 10),
  made.netflow9(1, 4, made.V9_OPTIONS_TEMPLATE, made.v9Sampling(9), made.V9_TEMPLATE, made.V9_DATA),
  made.ipfix(1, 6, made.IPFIX_TEMPLATE, ...made.IPFIX_OPTIONS, made.IPFIX_DATA),
  made.ipfix(1, 6, made.IPFIX_DATA, made.IPFIX_DATA),
];
const SFLOW = [made.sflow5(1), made.sflow5(2, made.V4_FRAME, true)];

/** Xorshift of 32 bits, so that a failure can be seen again. */
function randoms(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const EDGES = [0, 1, 0x7f, 0x80, 0xff];

function mutated(datagram: Buffer, random: (below: number) => number): Buffer {
  const copy = Buffer.from(datagram);
  for (let changes = random(6); changes >= 0; changes--) {
    const at = random(copy.length);
    copy[at] = random(2) ? random(256) : (EDGES[random(EDGES.length)] ?? 0);
  }
  if (random(8) === 0) return copy.subarray(0, random(copy.length));
  if (random(8) === 0) return Buffer.concat([copy, copy.subarray(random(copy.length))]);
  return copy;
}

it('survives a hundred thousand mutated datagrams within its limits', () => {
  const network = new NetworkRecords();
  const random = randoms(2463534242);
  let rows = 0;
  for (let sent = 0; sent < DATAGRAMS; sent++) {
    const sender = { address: `10.0.${random(40)}.${random(20)}`, port: random(3) };
    const pick = (from: readonly Buffer[]): Buffer =>
      mutated(from[random(from.length)] ?? Buffer.alloc(0), random);
    if (random(3)) network.takeNetflow(pick(NETFLOW), sender, sent);
    else network.takeSflow(pick(SFLOW), sender, sent);
    if (sent % 1000 === 0) rows += network.drain().length;
  }
  rows += network.drain().length;
  expect(rows).toBeGreaterThan(DATAGRAMS / 100);
  expect(network.exporters).toBeLessThanOrEqual(512);
  const reasons = ['truncated', 'version', 'template', 'unknown_template', 'exporter_limit'];
  expect([...network.refused.keys()]).toEqual(expect.arrayContaining(reasons));
}, 60_000);
