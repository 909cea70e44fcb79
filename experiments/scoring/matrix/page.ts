/** A summary as a page of Markdown. */
import type { Provenance } from '../../results/provenance.js';
import { markdownTable } from '../../results/save.js';
import type { Score } from '../record.js';
import type { Failure } from './folder.js';
import type { Floor } from './floor.js';
import type { Share } from './interval.js';
import { type Confusion, type Latency, type Summary, WINDOW_S } from './summary.js';
import type { Method } from './versus.js';

export interface Origin {
  readonly seed: number;
  readonly planned: number;
  /** Runs that came to no end: a tool, an agent or the analyzer failed. */
  readonly failures: readonly Failure[];
  /** Those at which runs were made; one if all is well. */
  readonly commits: readonly string[];
  readonly made: Provenance;
}

export function renderMatrix(
  summary: Summary,
  methods: readonly Method[],
  scores: readonly Score[],
  { seed, planned, failures, commits, made }: Origin,
): string {
  const { health } = summary;
  return [
    '# The fault matrix',
    '',
    `Made by \`${made.command}\` at ${commits.join(', ')} on Linux ${made.kernel}: ${summary.runs} of the ${planned} runs that seed ${seed} plans. How it is done, and what may be held against it: [method.md](../method.md).`,
    '',
    ...headline(summary),
    '',
    `${summary.hurt} runs hurt and count. ${health.unfelt} injections hurt nobody by the clients' own account (${health.unfelt_with_incident} of them made an incident). In health: ${health.false_verdicts} false verdicts in ${health.windows} windows of ${WINDOW_S} s, ${health.controls} controls among them. ${failures.length} times a run came to no end, because a tool, an agent or the analyzer failed.`,
    '',
    ...section('Beside simpler methods', versusTable(methods)),
    'The tables that follow have the faults set aside in them.',
    '',
    ...section('By strength', shares('strength', summary.by.strength)),
    ...section('By workload', shares('workload', summary.by.workload)),
    ...section('By fault', shares('fault', summary.by.fault)),
    ...section('Down to which strength', floorTable(summary.floors)),
    ...section('Look-alikes', lookAlikes(summary)),
    ...section('Domain: what it was, and what was said', confusionTable(summary.confusion.domain)),
    ...section('Cause: what it was, and what was said', confusionTable(summary.confusion.cause)),
    ...section('Misses', misses(scores)),
  ].join('\n');
}

const section = (title: string, lines: readonly string[]): string[] => [
  `## ${title}`,
  '',
  ...lines,
  '',
];

function headline(s: Summary): string[] {
  return markdownTable(
    ['', 'runs', 'right', '95 % interval'],
    [
      ['domain and host', ...cells(s.domain)],
      ['and cause', ...cells(s.cause)],
      ['first culprit, on hosts', ...cells(s.culprit_on_hosts)],
      ['first culprit, in the network', ...cells(s.culprit_in_network)],
      ['domain and host, faults set aside', ...cells(s.set_aside.domain)],
      ['and cause', ...cells(s.set_aside.cause)],
      [`an alert named a victim within ${WINDOW_S} s`, ...cells(s.trigger_recall)],
      ['detection after the onset, p50 and p99', ...times(s.detection)],
      ['verdict after the onset, p50 and p99', ...times(s.verdict)],
    ],
  );
}

const versusTable = (methods: readonly Method[]): string[] => [
  'The place alone counts: the network, or the host. The others are told the flow that suffers and when, and read what netverdict recorded.',
  '',
  ...markdownTable(
    ['method', 'runs', 'place right', '95 % interval', 'controls', 'silent'],
    methods.map(({ title, place, silence }) => [
      title,
      ...cells(place),
      silence.runs,
      silence.right,
    ]),
  ),
];

const percent = (share: number | null): string =>
  share === null ? '' : `${(100 * share).toFixed(1)} %`;

const cells = ({ runs, right, share, low, high }: Share): (string | number)[] => [
  runs,
  share === null ? '' : `${right} (${percent(share)})`,
  share === null ? '' : `${percent(low)} – ${percent(high)}`,
];

const times = ({ p50_s, p99_s, never }: Latency): string[] => [
  never === 0 ? '' : `${never} never`,
  `${p50_s ?? '–'} s, ${p99_s ?? '–'} s`,
  '',
];

const shares = (title: string, of: Readonly<Record<string, Share>>): string[] =>
  markdownTable(
    [title, 'runs', 'right', '95 % interval'],
    Object.entries(of).map(([key, share]) => [key, ...cells(share)]),
  );

const floorTable = (floors: readonly Floor[]): string[] =>
  markdownTable(
    ['fault', 'what is set', 'hurt / noticed / right', 'noticed from', 'right from'],
    floors.map(({ fault, what, unit, grades, detected_from, right_from }) => [
      fault,
      `${what}, ${unit}`,
      grades.map((g) => `${g.value}: ${g.hurt}/${g.detected}/${g.right}`).join(', '),
      detected_from ?? '–',
      right_from ?? '–',
    ]),
  );

const lookAlikes = ({ look_alikes }: Summary): string[] =>
  markdownTable(
    ['pair', 'runs', 'place right', '95 % interval', 'one taken for the other'],
    look_alikes.map(({ pair, right, taken_for_other }) => [
      pair.join(' · '),
      ...cells(right),
      taken_for_other,
    ]),
  );

function confusionTable(confusion: Confusion): string[] {
  const said = [...new Set(Object.values(confusion).flatMap((row) => Object.keys(row)))].sort();
  const rows = Object.entries(confusion).sort(([x], [y]) => (x < y ? -1 : 1));
  return markdownTable(
    ['was', ...said],
    rows.map(([was, row]) => [was, ...said.map((one) => row[one] ?? '')]),
  );
}

function misses(scores: readonly Score[]): string[] {
  const missed = scores.filter((s) => s.result !== 'void' && !s.cause_right);
  if (missed.length === 0) return ['None.'];
  return markdownTable(
    [
      'run',
      'wrong',
      'fault',
      'strength',
      'was',
      'said',
      'incidents',
      'before the onset',
      'confidence',
    ],
    missed.map((s) => [
      s.run,
      s.result === 'wrong' ? 'place' : 'cause',
      s.scenario,
      s.strength ? `${s.strength.value} ${s.strength.unit}` : '',
      s.label ? `${s.label.domain} ${s.label.host ?? ''} ${s.label.cause}` : 'healthy',
      s.domain === null ? 'nothing' : `${s.domain} ${s.host ?? ''} ${s.cause ?? ''}`,
      s.incidents,
      s.earlier,
      s.confidence ?? '',
    ]),
  );
}
