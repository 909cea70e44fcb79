/** Every figure of the page, as data. */
import { BASELINE, COUNTED, RATED } from './contenders.js';
import { type Spread, spreadOf } from '../harness/spread.js';
import { netOf, ratioOf, type Value } from './figures.js';
import { type LiveSample, p50, p99, perSecond } from './live-sample.js';
import { MODES } from './modes.js';
import { FEW, MANY, type TestRunSample, type TestRuns } from './test-runs.js';

export interface Measured {
  readonly live: readonly LiveSample[];
  readonly testRuns: TestRuns;
}

/** One cell. The empty program's own is what it read itself, every other is against it. */
export interface Cell {
  readonly contender: string;
  /** `mss egress`, `rpc p99`, `65536 ingress`. */
  readonly column: string;
  readonly unit: string;
  readonly spread: Spread | null;
}

export interface Summary {
  readonly costs: readonly Cell[];
  readonly rates: readonly Cell[];
  readonly manyFlows: readonly Cell[];
}

export const summarize = ({ live, testRuns: { samples } }: Measured): Summary => ({
  costs: MODES.flatMap(({ id }) => bothHooks(of(live, id), id)),
  rates: [
    ...relative(of(live, 'mss'), 'mss throughput', 'MB/s', (s) => scaled(perSecond(s), 1e6)),
    ...relative(of(live, 'rpc'), 'rpc rate', 'k/s', (s) => scaled(perSecond(s), 1e3)),
    ...relative(of(live, 'rpc'), 'rpc p50', 'µs', p50),
    ...relative(of(live, 'rpc'), 'rpc p99', 'µs', p99),
  ],
  manyFlows: [FEW, MANY].flatMap((flows) =>
    bothHooks(
      samples.filter((s) => s.flows === flows),
      String(flows),
    ),
  ),
});

const scaled = (value: number | null, by: number): number | null =>
  value === null ? null : value / by;

const of = (live: readonly LiveSample[], id: string): LiveSample[] =>
  live.filter(({ mode }) => mode === id);

const bothHooks = (samples: readonly (LiveSample | TestRunSample)[], where: string): Cell[] => [
  ...net(samples, `${where} egress`, (s) => s.egress_ns),
  ...net(samples, `${where} ingress`, (s) => s.ingress_ns),
];

type Sample = LiveSample | TestRunSample;

const net = (samples: readonly Sample[], column: string, value: Value<Sample>): Cell[] =>
  COUNTED.map(({ name: contender }) => ({
    contender,
    column,
    unit: 'ns',
    spread:
      contender === BASELINE
        ? own(samples, contender, value)
        : spreadOf(netOf(samples, contender, value)),
  }));

const relative = (
  samples: readonly LiveSample[],
  column: string,
  unit: string,
  value: Value<LiveSample>,
): Cell[] =>
  RATED.map(({ name: contender }) =>
    contender === BASELINE
      ? { contender, column, unit, spread: own(samples, contender, value) }
      : { contender, column, unit: '', spread: spreadOf(ratioOf(samples, contender, value)) },
  );

const own = <S extends Sample>(
  samples: readonly S[],
  contender: string,
  value: Value<S>,
): Spread | null => spreadOf(samples.filter((s) => s.contender === contender).map(value));
