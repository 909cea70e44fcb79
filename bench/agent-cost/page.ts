/** The result as Markdown. */
import { markdownTable } from '../../experiments/results/save.js';
import type { Plan } from './levels.js';
import type { LevelResult } from './measure.js';
import type { Judgement } from './targets.js';

type Figure = (level: LevelResult) => number | null;

const FIGURES: readonly (readonly [name: string, digits: number, value: Figure])[] = [
  ['requests a second', 0, ({ flows, everyMs }) => (flows * 1000) / everyMs],
  ['CPU, % of a processor', 2, (level) => level.cpu_percent],
  ['RSS, MiB', 0, (level) => level.rss_mib],
  ['without BPF maps, MiB', 0, (level) => level.rss_without_maps_mib],
  ['PSS, MiB', 0, (level) => level.pss_mib],
  ['of it anonymous, MiB', 0, (level) => level.anonymous_mib],
  ['sent to the analyzer, kB/s', 1, (level) => level.sent_kb_per_s],
  ['sweep p50, ms', 1, (level) => level.sweep_p50_ms],
  ['sweep max, ms', 1, (level) => level.sweep_max_ms],
  ['loop delay p50, ms', 1, (level) => level.delay_p50_ms],
  ['loop delay p99, ms', 1, (level) => level.delay_p99_ms],
  ['loop delay max, ms', 1, (level) => level.delay_max_ms],
];

export const page = (
  levels: readonly LevelResult[],
  judgements: readonly Judgement[],
  { costMs, delayMs }: Plan,
): string[] => [
  `A real \`netverdict agent\` on one host of the testbed, its records to a sink that takes everything. The flows are TCP connections between two pods of two hosts, each request and each answer of 64 bytes; the agent keeps every flow twice, at the pod's tap and at the uplink (through VXLAN). CPU (user and system, all threads and children), memory and traffic over ${costMs / 1000} s; delays over another ${delayMs / 1000} s, because watching them costs. RSS and PSS hold the flow table and the rings, which are mapped from the kernel, and the binary of Node, 40 MiB.`,
  '',
  '## Targets',
  '',
  ...markdownTable(
    ['target', 'live flows', 'figure', 'limit', 'result'],
    judgements.map(({ name, flows, figure, limit, unit, met }) => [
      name,
      flows,
      `${figure.toFixed(2)} ${unit}`,
      `${limit} ${unit}`,
      met ? 'met' : 'missed',
    ]),
  ),
  '',
  '## Figures',
  '',
  ...markdownTable(
    ['live flows', ...levels.map(({ flows }) => String(flows))],
    FIGURES.map(([name, digits, value]) => [
      name,
      ...levels.map((level) => value(level)?.toFixed(digits) ?? '–'),
    ]),
  ),
];
