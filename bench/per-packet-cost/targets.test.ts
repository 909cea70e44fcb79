import { expect, it } from 'vitest';
import { COUNTED, RATED } from './contenders.js';
import type { LiveSample } from './live-sample.js';
import { MODES } from './modes.js';
import { summarize } from './summary.js';
import { judge } from './targets.js';
import { FEW, MANY } from './test-runs.js';

const NET: Record<string, number> = { paper: 400, monitor: 40 };

/** With statistics: 60 ns and the net cost at each hook. Without: rates, of which the monitor takes a tenth. */
function slice(contender: string, mode: string, statistics: boolean): LiveSample {
  const ns = statistics ? 60 + (NET[contender] ?? 0) : null;
  const slow = contender === 'monitor' ? 0.9 : 1;
  return {
    mode,
    contender,
    round: 0,
    egress_ns: ns,
    ingress_ns: ns,
    // Slices with statistics are slower: they must not be taken for rates.
    per_second: statistics ? 1e6 : 1e9 * slow,
    p50_us: 100 / slow,
    p99_us: statistics ? 9000 : 200 / slow,
    egress_bytes_per_packet: 100,
    ingress_bytes_per_packet: 100,
    ingress_per_egress: 1,
    retransmitted: 0,
  };
}

const measured = {
  live: MODES.flatMap(({ id }) => [
    ...COUNTED.map(({ name }) => slice(name, id, true)),
    ...RATED.map(({ name }) => slice(name, id, false)),
  ]),
  testRuns: {
    held: {},
    samples: COUNTED.flatMap(({ name }) =>
      [FEW, MANY].map((flows) => {
        const ns = 60 + (NET[name] ?? 0) * (flows === MANY ? 1.5 : 1);
        return { contender: name, round: 0, flows, egress_ns: ns, ingress_ns: ns };
      }),
    ),
  },
};

it('holds the monitor against every target, and its noise beside it', () => {
  const judged = judge(measured).map(({ what, where, spread, noise, met }) => [
    what.replace(/,? .*/, ''),
    where,
    Number(spread?.median.toFixed(3)),
    noise?.median ?? null,
    met,
  ]);
  expect(judged).toEqual([
    ['egress', 'tso', 40, 0, true],
    ['egress', 'mss', 40, 0, true],
    ['egress', 'paced', 40, 0, true],
    ['egress', 'rpc', 40, 0, true],
    ['ingress', 'tso', 40, 0, true],
    ['ingress', 'paced', 40, 0, true],
    ['ingress', 'rpc', 40, 0, true],
    ['what', 'egress', 20, 0, true],
    ['what', 'ingress', 20, 0, true],
    ['the', 'tso', 10, null, true],
    ['the', 'paced', 10, null, true],
    ['the', 'rpc', 10, null, true],
    ['throughput', 'mss', 0.9, 1, false],
    ['p99', 'rpc', 1.111, 1, false],
  ]);
});

it('leaves slices with statistics out of rates', () => {
  const rate = summarize(measured).rates.find(
    ({ contender, column }) => contender === 'empty' && column === 'mss throughput',
  );
  expect(rate?.spread?.median).toBe(1000);
});
