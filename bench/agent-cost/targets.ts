/** What the figures are held against. */
import type { LevelResult } from './measure.js';

interface Target {
  readonly name: string;
  readonly flows: number;
  readonly unit: string;
  readonly limit: number;
  readonly value: (level: LevelResult) => number;
}

export interface Judgement extends Omit<Target, 'value'> {
  readonly figure: number;
  readonly met: boolean;
}

const TARGETS: readonly Target[] = [
  {
    name: 'CPU of a quiet host',
    flows: 12,
    unit: '%',
    limit: 0.25,
    value: (level) => level.cpu_percent,
  },
  {
    name: 'RSS without BPF maps, of a quiet host',
    flows: 12,
    unit: 'MiB',
    limit: 80,
    value: (level) => level.rss_without_maps_mib,
  },
  {
    name: 'delay of the event loop, p99',
    flows: 100_000,
    unit: 'ms',
    limit: 20,
    value: (level) => level.delay_p99_ms,
  },
];

/** A level that was not measured is not judged. */
export const judge = (levels: readonly LevelResult[]): Judgement[] =>
  TARGETS.flatMap(({ value, ...target }) =>
    levels
      .filter(({ flows }) => flows === target.flows)
      .map((level) => ({ ...target, figure: value(level), met: value(level) <= target.limit })),
  );
