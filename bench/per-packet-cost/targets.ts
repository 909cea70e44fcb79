/** What the monitor is held against: one entry each. */
import { type Contender, CONTENDERS, NOISE, PAPER } from './contenders.js';
import { type Spread, spreadOf } from '../harness/spread.js';
import { netOf, ratioOf, timesCheaper, type Value } from './figures.js';
import { type LiveSample, p99, perSecond } from './live-sample.js';
import { FLOWS, type Hook, MODES } from './modes.js';
import type { Measured } from './summary.js';
import { FEW, MANY, type TestRunSample } from './test-runs.js';

interface Figure {
  readonly where: string;
  readonly spread: Spread | null;
}

interface Target {
  readonly what: string;
  readonly unit: string;
  readonly digits: number;
  /** At most this, or at least. */
  readonly most?: number;
  readonly least?: number;
  figures(measured: Measured, contender: string): Figure[];
}

export interface Judgement {
  readonly what: string;
  readonly contender: string;
  readonly where: string;
  readonly unit: string;
  readonly digits: number;
  readonly limit: string;
  readonly spread: Spread | null;
  /** The same figure of the empty program against itself: what the run can tell. */
  readonly noise: Spread | null;
  readonly met: boolean;
}

const TARGETS: readonly Target[] = [
  {
    what: `egress, net, ${FLOWS} flows`,
    unit: 'ns',
    digits: 0,
    most: 45,
    figures: (measured, name) =>
      eachMode(measured, ['egress'], (all) => netOf(all, name, (s) => s.egress_ns)),
  },
  {
    what: `ingress, net, ${FLOWS} flows`,
    unit: 'ns',
    digits: 0,
    most: 80,
    figures: (measured, name) =>
      eachMode(measured, ['ingress'], (all) => netOf(all, name, (s) => s.ingress_ns)),
  },
  {
    what: `what ${MANY} flows add`,
    unit: 'ns',
    digits: 0,
    most: 40,
    figures: (measured, name) => [
      { where: 'egress', spread: spreadOf(added(measured, name, (s) => s.egress_ns)) },
      { where: 'ingress', spread: spreadOf(added(measured, name, (s) => s.ingress_ns)) },
    ],
  },
  {
    what: 'the paper’s design costs, both hooks',
    unit: 'times',
    digits: 1,
    least: 5,
    figures: (measured, name) =>
      // The empty program's net cost is nothing, and nothing divides by it.
      name === NOISE
        ? []
        : eachMode(measured, ['egress', 'ingress'], (all) =>
            timesCheaper(all, name, PAPER, bothHooks),
          ),
  },
  {
    what: 'throughput against the empty program',
    unit: '',
    digits: 3,
    least: 0.98,
    figures: (measured, name) => oneMode(measured, 'mss', name, perSecond),
  },
  {
    what: 'p99 against the empty program',
    unit: '',
    digits: 3,
    most: 1.05,
    figures: (measured, name) => oneMode(measured, 'rpc', name, p99),
  },
];

export const judge = (measured: Measured): Judgement[] =>
  CONTENDERS.filter(({ judged }) => judged).flatMap((contender) =>
    TARGETS.flatMap((target) => judgeOne(target, measured, contender)),
  );

function judgeOne(target: Target, measured: Measured, { name }: Contender): Judgement[] {
  const { what, unit, digits, most = Infinity, least = -Infinity } = target;
  const limit = most === Infinity ? `≥ ${least}` : `≤ ${most}`;
  const noises = target.figures(measured, NOISE);
  return target.figures(measured, name).map(({ where, spread }, place) => {
    const met = spread !== null && spread.median <= most && spread.median >= least;
    const noise = noises[place]?.spread ?? null;
    return { what, contender: name, where, unit, digits, limit, spread, noise, met };
  });
}

/** In each mode whose figures of these hooks may be judged. */
const eachMode = (
  { live }: Measured,
  hooks: readonly Hook[],
  figure: (samples: LiveSample[]) => number[],
): Figure[] =>
  MODES.filter(({ judged }) => hooks.every((hook) => judged.includes(hook))).map(({ id }) => ({
    where: id,
    spread: spreadOf(figure(live.filter(({ mode }) => mode === id))),
  }));

function oneMode(
  { live }: Measured,
  where: string,
  contender: string,
  value: Value<LiveSample>,
): Figure[] {
  const samples = live.filter(({ mode }) => mode === where);
  return [{ where, spread: spreadOf(ratioOf(samples, contender, value)) }];
}

const bothHooks = (s: LiveSample): number | null =>
  s.egress_ns === null || s.ingress_ns === null ? null : s.egress_ns + s.ingress_ns;

/** What MANY flows add to the net cost of FEW, round by round. */
function added(
  { testRuns: { samples } }: Measured,
  contender: string,
  value: Value<TestRunSample>,
): number[] {
  const net = (flows: number): number[] =>
    netOf(
      samples.filter((s) => s.flows === flows),
      contender,
      value,
    );
  const few = net(FEW);
  return net(MANY).map((ns, round) => ns - (few[round] ?? NaN));
}
