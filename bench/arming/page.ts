/** The result as Markdown. */
import { ascending, median, quantile } from '../../experiments/results/quantile.js';
import { markdownTable } from '../../experiments/results/save.js';
import { type CostSample, STATES } from './cost.js';
import { type Latency, LOADS } from './latency.js';
import type { Plan } from './plan.js';
import { type Hook, type Judgement, latencies, ratio, type Span } from './targets.js';

const SPANS: readonly (readonly [Span, string])[] = [
  ['one_host_ms', 'the host of the alert'],
  ['both_hosts_ms', 'both hosts'],
];
const HOOKS: readonly Hook[] = ['egress_ns', 'ingress_ns'];

const fixed = (value: number | null, digits: number): string => value?.toFixed(digits) ?? '–';

export const page = (
  all: readonly Latency[],
  costs: readonly CostSample[],
  judgements: readonly Judgement[],
  { triggers, costRounds, sliceMs }: Plan,
): string[] => [
  `A connection between pods of two hosts is reset, which is an alert at once. From its time in the kernel to the time that an agent has all programs attached: through the agent’s ring and outbox, HTTP, the analyzer’s store and engine, its control stream, and the reading of who holds the sockets. ${triggers} triggers a load, each with an engine that knows of nothing else; hosts are real agents, one a processor, and share one clock here. Load: two streams that fill the path and eight request/response flows between the same hosts. Where a host was not armed within 1.2 s the trigger is missed.`,
  '',
  '## Targets',
  '',
  ...markdownTable(
    ['target', 'figure', 'limit', 'result'],
    judgements.map(({ name, figure, limit, unit, met }) => [
      name,
      `${fixed(figure, unit === 'ms' ? 1 : 3)} ${unit}`,
      `${limit} ${unit}`,
      met ? 'met' : 'missed',
    ]),
  ),
  '',
  '## Trigger to armed, ms',
  '',
  ...markdownTable(
    ['load', 'armed', 'p50', 'p99', 'most', 'missed'],
    LOADS.flatMap(({ name }) =>
      SPANS.map(([span, where]) => {
        const seen = latencies(all, name, span);
        const sorted = ascending(seen);
        return [
          ...[name, where, fixed(median(seen), 1), fixed(quantile(sorted, 0.99), 1)],
          ...[fixed(sorted.at(-1) ?? null, 1), seen.length - sorted.length],
        ];
      }),
    ),
  ),
  '',
  '## What a packet costs beside it',
  '',
  `The monitor’s programs at one veth, 32 paced streams, ns a packet by the kernel’s statistics: median of ${costRounds} slices of ${sliceMs} ms in turns, and against the monitor alone in the same round. Disarmed, the tracer is loaded and was attached before; armed, it traces a flow that is none of these.`,
  '',
  ...markdownTable(
    ['state', 'egress', '×', 'ingress', '×'],
    STATES.map((state) => [
      state,
      ...HOOKS.flatMap((hook) => [
        fixed(median(costs.filter((s) => s.state === state).map((s) => s[hook])), 1),
        fixed(ratio(costs, state, hook), 3),
      ]),
    ]),
  ),
];
