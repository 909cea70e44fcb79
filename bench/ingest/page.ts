/** The result as Markdown. */
import { markdownTable } from '../../experiments/results/save.js';
import type { Plan } from './plan.js';
import type { Recording } from './recording.js';
import type { Level, Quantiles } from './replay.js';
import { type Judgement, rateOf } from './targets.js';
import { type Rate, SIZES } from './throughput.js';

const fixed = (value: number | null, digits = 0): string => value?.toFixed(digits) ?? '–';
const thousands = (value: number | null): string => fixed(value === null ? null : value / 1000);
const spread = ({ p50, p99, most }: Quantiles): string =>
  [p50, p99, most].map((value) => fixed(value)).join(' / ');

export const page = (
  recording: Recording,
  rates: readonly Rate[],
  levels: readonly Level[],
  judgements: readonly Judgement[],
  { rounds }: Plan,
): string[] => [
  `Three agents of the testbed were recorded while \`${recording.fault}\` was done to them: ${recording.deliveries.length} requests with ${recording.deliveries.reduce((rows, { batch }) => rows + batch.length, 0)} records. All that follows is made of these.`,
  '',
  '## Targets',
  '',
  ...markdownTable(
    ['target', 'figure', 'limit', 'result'],
    judgements.map(({ name, figure, limit, unit, met }) => [
      ...[name, `${fixed(figure)} ${unit}`, `${limit} ${unit}`, met ? 'met' : 'missed'],
    ]),
  ),
  '',
  '## Records into DuckDB',
  '',
  `From the bytes of a request to the committed row, in one process; \`decoded\` is the first part alone. In batches as they were sent, and in full ones, as agents send them that are behind. Thousands of records a second, median of ${rounds} rounds in turns; processors are those that were busy meanwhile.`,
  '',
  ...markdownTable(
    ['stream', 'batches', 'records in one', 'decoded, k/s', 'stored, k/s', 'processors'],
    [...new Set(rates.map(({ stream }) => stream))].flatMap((stream) =>
      SIZES.map((size) => [
        ...[stream, size, fixed(rateOf(rates, stream, size, 'rows_per_batch'))],
        thousands(rateOf(rates, stream, size, 'decoded_per_s')),
        thousands(rateOf(rates, stream, size, 'stored_per_s')),
        fixed(rateOf(rates, stream, size, 'processors'), 2),
      ]),
    ),
  ),
  '',
  '## Many agents',
  '',
  'The recording sent to an analyzer by so many agents, at the pace of then: the three that were in trouble, and the others as they are with other names and addresses, without what is only told of troubled flows. Late is a request from when it was due to its answer; a look is one reading of all marts and rules for the case; the verdict is counted from the alert of its incident. CPU is of one processor; the agents’ part of the machine is taken by this benchmark. Times are p50 / p99 / most, ms.',
  '',
  ...markdownTable(
    ['agents', 'records/s', 'requests/s', 'CPU, %', 'memory, MiB', 'late', 'look', 'verdict', 'of'],
    levels.map((level) => [
      ...[level.agents, fixed(level.records_per_s), fixed(level.requests_per_s)],
      ...[fixed(level.cpu_percent), fixed(level.memory_mib)],
      ...[spread(level.late_ms), spread(level.look_ms), fixed(level.verdict_ms)],
      level.cause ?? 'none',
    ]),
  ),
];
