/** The result as Markdown. */
import { median } from '../../experiments/results/quantile.js';
import { markdownTable } from '../../experiments/results/save.js';
import type { Spread } from '../harness/spread.js';
import { BASELINE, CONTENDERS, NOISE } from './contenders.js';
import type { Value } from './figures.js';
import type { LiveSample } from './live-sample.js';
import { FLOWS, MODES } from './modes.js';
import type { Plan } from './plan.js';
import type { Cell, Measured, Summary } from './summary.js';
import type { Judgement } from './targets.js';
import { FEW, MANY } from './test-runs.js';

export function page(
  { live, testRuns }: Measured,
  { costs, rates, manyFlows }: Summary,
  judgements: readonly Judgement[],
  plan: Plan,
): string[] {
  return [
    'Every figure is a median over rounds, with the quartiles in brackets; each compares slices of one round, in which the programs take turns at the same traffic. Compare nothing between runs: the speed of the machine drifts.',
    '',
    ...CONTENDERS.map(({ name, about }) => `- \`${name}\`: ${about}`),
    '',
    '## Targets',
    '',
    ...markdownTable(
      ['target', 'program', 'where', 'figure', NOISE, 'limit', 'result'],
      judgements.map(targetRow),
    ),
    '',
    `## Cost of a packet, ${FLOWS} flows, ns above the empty program`,
    '',
    `By the kernel's statistics of eBPF programs, at both hooks of the client's end of a veth pair; ${plan.costRounds} × ${plan.sliceMs} ms each. The row of \`${BASELINE}\` is not net: it is mostly the statistics' own two clock reads.`,
    '',
    ...MODES.map(({ id, about }) => `- ${id}: ${about}; ${packets(live, id)}`),
    '',
    ...table(costs, 0),
    '',
    '## Throughput, rate and latency against the empty program',
    '',
    `Statistics off; ${plan.rateRounds} × ${plan.sliceMs} ms each. mss: IP bytes that the server's stack took in. rpc: one Node.js process at each end, the client's own account.`,
    '',
    ...table(rates, 3),
    '',
    `## Cost of a packet, ${MANY} live flows, ns above the empty program`,
    '',
    `By the same statistics, of packets that are made here and given to the programs one by one (BPF_PROG_TEST_RUN), ${FEW} flows and ${MANY} flows alike: handshake, full segments out, ACKs back, one segment always under way. Flows take turns packet by packet, so that with ${MANY} no entry is in a cache any more: the worst case. ${plan.testRunRounds} × ${MANY} packets each way.`,
    '',
    ...table(manyFlows, 0),
    '',
    ...Object.entries(testRuns.held).map(
      ([name, flows]) => `In the table of \`${name}\` at the end: ${flows} flows.`,
    ),
  ];
}

const targetRow = (judgement: Judgement): string[] => {
  const { what, contender, where, unit, digits, limit, spread, noise, met } = judgement;
  const figure = `${show(spread, digits)} ${unit}`.trim();
  return [what, contender, where, figure, show(noise, digits), limit, met ? 'met' : 'missed'];
};

function show(spread: Spread | null, digits: number): string {
  if (spread === null) return '';
  const { median: middle, low, high } = spread;
  return `${middle.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`;
}

/** A row a contender, a column a figure; what the empty program read itself has its unit. */
function table(cells: readonly Cell[], digits: number): string[] {
  const columns = [...new Set(cells.map(({ column }) => column))];
  const contenders = [...new Set(cells.map(({ contender }) => contender))];
  const cell = (contender: string, column: string): string => {
    const found = cells.find((c) => c.contender === contender && c.column === column);
    if (!found) return '';
    if (contender !== BASELINE) return show(found.spread, digits);
    return `${Number((found.spread?.median ?? 0).toPrecision(3))} ${found.unit}`;
  };
  return markdownTable(
    ['program', ...columns],
    contenders.map((name) => [name, ...columns.map((column) => cell(name, column))]),
  );
}

/** So that nobody takes super-packets for packets, or a rare ACK for any. */
function packets(live: readonly LiveSample[], mode: string): string {
  const samples = live.filter((s) => s.mode === mode && s.egress_ns !== null);
  const typical = (value: Value<LiveSample>, digits: number): string =>
    (median(samples.map(value)) ?? 0).toFixed(digits);
  const out = typical((s) => s.egress_bytes_per_packet, 0);
  const back = typical((s) => s.ingress_bytes_per_packet, 0);
  const often = typical((s) => s.ingress_per_egress, 2);
  const again = samples.reduce((sum, s) => sum + s.retransmitted, 0);
  return `${out} bytes a packet out, ${often} packets of ${back} bytes back for each, ${again} segments sent again`;
}
