/** The result as Markdown. */
import { markdownTable } from '../../experiments/results/save.js';
import type { Distribution, KindResult } from './errors.js';
import type { Judgement } from './targets.js';

export const page = (
  kinds: readonly KindResult[],
  over: Distribution,
  targets: readonly Judgement[],
): string[] => [
  'Each kind of traffic runs between two namespaces through a third; the monitor and a capture stand side by side at two interfaces, where no queue is between them. Every sample of the monitor is looked up in the capture by its mark, its closing ACK and its class; where packets passed within 5 µs of each other the monitor may have met them in the other order, and is held against either. Where an ACK ends where a packet does, the RTT is tshark’s `tcp.analysis.ack_rtt`; of the other samples tshark has none, and the offline reference (experiments/reference) reads it from tshark’s dissection. tcptrace knows tenths of a millisecond and whole directions only: it vouches for the count, the least and the largest of each direction in which nothing was lost or overtaken.',
  '',
  '## Targets',
  '',
  ...markdownTable(
    ['target', 'traffic', 'figure', 'limit', 'result'],
    targets.map(({ what, where, figure, limit, met }) => [
      what,
      where,
      show(figure),
      limit,
      met ? 'met' : 'missed',
    ]),
  ),
  '',
  '## Absolute error, µs',
  '',
  ...markdownTable(
    ['traffic', 'samples', 'p50', 'p90', 'p99', 'max', 'signed p50, data in', 'data out'],
    [
      ...kinds.map(({ title, errors, signed }) => [
        ...distributionRow(title, errors),
        show(signed.in),
        show(signed.out),
      ]),
      [...distributionRow('all kinds', over), '', ''],
    ],
  ),
  '',
  'What the error is: a capture takes its time before the TC program where a packet comes in, and after it where one goes out. So the capture’s turnaround is longer by both distances where data come in and their ACK goes out, and shorter by as much where data go out: the signed medians. They are the distance of the two places, which the two stamps of the monitor do not share, and are part of every figure above. The tail is work of the kernel that falls between the two (an interrupt, a capture’s own copy).',
  '',
  '## Completeness',
  '',
  ...markdownTable(
    [
      'traffic',
      'RTT by tshark itself',
      'ambiguous',
      'wrong',
      'round trips',
      'missing',
      'told by',
      'tcptrace: directions, differing',
    ],
    kinds.map(({ title, byTshark, ambiguous, wrong, coverage, tcptrace }) => [
      title,
      byTshark,
      ambiguous,
      wrong,
      coverage.trips,
      coverage.missing,
      coverage.by,
      `${tcptrace.directions}, ${tcptrace.differ}`,
    ]),
  ),
  '',
  'A round trip runs from a mark to its ACK outside recovery, and the next begins after it: each must have a sample open in it, in every flow and direction. Of a flow with more samples than its budget only the rarest leave (decision 3); there the flow’s own counter of samples must reach the number of round trips.',
];

const distributionRow = (title: string, errors: Distribution): (string | number)[] => [
  title,
  errors.count,
  show(errors.p50),
  show(errors.p90),
  show(errors.p99),
  show(errors.max),
];

const show = (figure: number | null): string =>
  figure === null ? '' : Number.isInteger(figure) ? String(figure) : figure.toFixed(1);
