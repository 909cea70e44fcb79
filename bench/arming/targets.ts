/** What the figures are held against. */
import { ascending, median, quantile } from '../../experiments/results/quantile.js';
import { type CostSample, STATES, type State } from './cost.js';
import { type Latency, LOADS } from './latency.js';

const ONE_HOST_MS = 100;
const BOTH_HOSTS_MS = 500;
/** Two slices of the same program differ by as much. */
const SAME = 1.05;

export interface Judgement {
  readonly name: string;
  readonly figure: number | null;
  readonly limit: number;
  readonly unit: string;
  readonly met: boolean;
}

export type Span = 'one_host_ms' | 'both_hosts_ms';
export type Hook = 'egress_ns' | 'ingress_ns';

/** Nulls are missed. */
export const latencies = (all: readonly Latency[], load: string, span: Span): (number | null)[] =>
  all.filter((each) => each.load === load).map((each) => each[span]);

/** Of each round, against the monitor alone in the same round; the median. */
export function ratio(samples: readonly CostSample[], state: State, hook: Hook): number | null {
  const alone = new Map(
    samples.filter((s) => s.state === STATES[0]).map((s) => [s.round, s[hook]]),
  );
  return median(
    samples.filter((s) => s.state === state).map((s) => s[hook] / (alone.get(s.round) ?? NaN)),
  );
}

export function judge(all: readonly Latency[], costs: readonly CostSample[]): Judgement[] {
  const latency = (load: string, span: Span, where: string, limit: number): Judgement => {
    const seen = latencies(all, load, span);
    const figure = quantile(ascending(seen), 0.99);
    const met = !seen.includes(null) && figure !== null && figure <= limit;
    return { name: `trigger to armed, ${where}, p99, ${load}`, figure, limit, unit: 'ms', met };
  };
  const cost = (hook: Hook): Judgement => {
    const figure = ratio(costs, 'disarmed', hook);
    const met = figure !== null && figure <= SAME;
    const name = `a packet at ${hook.replace('_ns', '')}, disarmed, against the monitor alone`;
    return { name, figure, limit: SAME, unit: '×', met };
  };
  return [
    ...LOADS.flatMap(({ name }) => [
      latency(name, 'one_host_ms', 'one host', ONE_HOST_MS),
      latency(name, 'both_hosts_ms', 'both hosts', BOTH_HOSTS_MS),
    ]),
    cost('egress_ns'),
    cost('ingress_ns'),
  ];
}
