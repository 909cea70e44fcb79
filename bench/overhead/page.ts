/** The result as Markdown. */
import { markdownTable } from '../../experiments/results/save.js';
import type { Spread } from '../harness/spread.js';
import { CONTENDERS, NATIVE, type Published } from './contenders.js';
import { FLOWS, LOADS } from './loads.js';
import type { Plan } from './plan.js';
import { HOOKS, type Row, type Summary } from './summary.js';
import type { Judgement } from './targets.js';

export const page = (
  { rows, costs }: Summary,
  targets: readonly Judgement[],
  plan: Plan,
  ceiling: number,
): string[] => [
  `The experiment of the paper's Figure 2 between two namespaces that a veth pair joins, a processor each, no rate limit: ${FLOWS} TCP flows, and ${((ceiling * 8) / 1e9).toFixed(1)} Gbit/s natively is what this machine carries. Everything stands at both hosts, and what runs in user space shares the same two processors: the paper's hosts had processors to spare and a 40 Gbit/s link between them, so that its throughput suffered less and its CPU more visibly. The load \`half\` leaves such room.`,
  '',
  `Slices of ${plan.sliceMs / 1000} s, ${plan.settleMs} ms after attaching; a native slice stands before and after each, and every figure is against the mean of the two: a median over ${plan.rounds} rounds with its quartiles in brackets. \`${NATIVE}\` is held against the native slices around it and shows the noise; drift is how far the native slice after differs from the one before, whichever way. CPU is that of all processors, from /proc/stat as mpstat reads it. The paper ran 5 × 100 s.`,
  '',
  ...CONTENDERS.map(({ name, about }) => `- \`${name}\`: ${about}`),
  '',
  ...LOADS.flatMap(({ id, about }) => [
    `## ${id}: ${about}`,
    '',
    ...loadTable(rows.filter(({ load }) => load === id)),
    '',
  ]),
  '“Published” is the paper’s own change of throughput and of CPU, in per cent; no figure is published for the others. “Missed” are packets, or records of the tracer, that a contender was to have and gave up while it was attached.',
  '',
  '## Targets',
  '',
  ...markdownTable(
    ['target', 'where', 'figure', 'limit', 'result'],
    targets.map(({ what, where, digits, least, spread, met }) => [
      what,
      where,
      show(spread, digits),
      `≥ ${least}`,
      met ? 'met' : 'missed',
    ]),
  ),
  '',
  '## ns a packet above the empty program',
  '',
  `By the kernel's statistics of eBPF programs, in slices of their own (${plan.costRounds} × ${plan.costMs} ms), since they cost time themselves. The row of \`empty\` is what it read itself. Data leave at the sender's egress and come in at the receiver's ingress, ACKs the other way. What the armed tracer's programs cost beyond the taps is not in it, what a wake-up makes the reader cost neither.`,
  '',
  ...markdownTable(
    ['load', 'contender', ...HOOKS.map((hook) => hook.replace('_', ' '))],
    costs.map((row) => [row.load, row.contender, ...HOOKS.map((hook) => show(row[hook], 0))]),
  ),
  '',
  '## What this machine cannot settle',
  '',
  'A 40 Gbit/s path between two real NICs, and more than two processors: both hosts are namespaces of one machine here, and a bench that spans two machines is not written. Natively its throughput changes by the drift shown from one second to the next, so that a difference below a tenth says little under `tso`.',
  '',
  'What the agent costs beside reading and encoding (sending, sockets, host counters) is in [agent-cost](agent-cost.md); what requests feel (p99) in [per-packet-cost](per-packet-cost.md).',
];

const loadTable = (rows: readonly Row[]): string[] =>
  markdownTable(
    [
      'contender',
      'throughput, of native',
      'published',
      'CPU, points above native',
      'published',
      'CPU a byte, of native',
      'Gbit/s',
      'CPU %',
      'drift',
      'missed',
    ],
    rows.map((row) => [
      row.contender,
      show(row.throughput, 3),
      publishedOf(row.published, 'throughput'),
      show(row.cpu_points, 1),
      publishedOf(row.published, 'cpu'),
      show(row.cpu_per_byte, 2),
      show(row.gbit_per_second, 2),
      show(row.cpu_percent, 0),
      show(row.drift, 3),
      row.missed?.median ?? '',
    ]),
  );

const publishedOf = (published: Published | null, what: keyof Published): string =>
  published === null ? '' : `${published[what] > 0 ? '+' : ''}${published[what]} %`;

function show(spread: Spread | null, digits: number): string {
  if (spread === null) return '';
  const { median, low, high } = spread;
  return `${median.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`;
}
