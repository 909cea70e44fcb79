/** What the samples are held against. */
import type { Distribution, KindResult } from './errors.js';

const P99_US = 20;

export interface Judgement {
  readonly what: string;
  readonly where: string;
  readonly figure: number | null;
  readonly limit: string;
  readonly met: boolean;
}

export function judgeResults(kinds: readonly KindResult[], over: Distribution): Judgement[] {
  const total = (count: (kind: KindResult) => number): number =>
    kinds.reduce((sum, kind) => sum + count(kind), 0);
  return [
    p99(over, 'all kinds'),
    ...kinds.map(({ errors, title }) => p99(errors, title)),
    none(
      'ambiguous samples',
      total(({ ambiguous }) => ambiguous),
    ),
    none(
      'samples of another ACK or class, or of none',
      total(({ wrong }) => wrong),
    ),
    none(
      'round trips outside recovery without a sample',
      total(({ coverage }) => coverage.missing),
    ),
    none(
      'RTTs of tshark that the reference reads otherwise',
      total((kind) => kind.tsharkDiffers),
    ),
    none(
      'directions that tcptrace reads otherwise',
      total(({ tcptrace }) => tcptrace.differ),
    ),
  ];
}

const p99 = ({ p99: figure }: Distribution, where: string): Judgement => ({
  what: 'p99 of the absolute error, µs',
  where,
  figure,
  limit: `≤ ${P99_US}`,
  met: figure !== null && figure <= P99_US,
});

const none = (what: string, figure: number): Judgement => ({
  what,
  where: 'all kinds',
  figure,
  limit: '0',
  met: figure === 0,
});
