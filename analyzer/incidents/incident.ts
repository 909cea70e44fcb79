/** The incident as it travels (design contract, stable). Durations in microseconds, times RFC 3339. */
import { type Static, Type } from 'typebox';
import { BeforeTrigger } from './flight.js';
import { Flow } from './flow.js';
import { LevelProbes } from './level-probes.js';
import { Waterfall } from './waterfall.js';

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) =>
  Type.Union([type, Type.Null()]);

const End = Type.Object({
  host: nullable(Type.String()),
  pod: nullable(Type.String()),
  process: nullable(Type.String()),
});

const DOMAINS = ['sender_host', 'receiver_host', 'network', 'undetermined'] as const;
export const LAYERS = [
  'application',
  'socket',
  'tcp',
  'scheduler',
  'netfilter',
  'qdisc',
  'softirq',
  'driver',
  'nic',
  'link',
  'path',
] as const;
const Domain = Type.Enum(DOMAINS);
const Layer = Type.Enum(LAYERS);

export const Culprit = Type.Object({
  kind: Type.Enum(['process', 'pod', 'flow', 'qdisc', 'rule', 'cgroup', 'irq', 'link', 'socket']),
  id: Type.String(),
  host: nullable(Type.String()),
  share: Type.Number({ description: 'of the harm, 0 to 1; all culprits add up to 1' }),
});

export const Verdict = Type.Object({
  domain: Domain,
  host: nullable(Type.String()),
  layer: nullable(Layer),
  cause: Type.String(),
  confidence: Type.Number(),
  culprits: Type.Array(Culprit),
  summary: Type.String(),
  mitigation: Type.String(),
  alternatives: Type.Array(
    Type.Object({
      domain: Domain,
      host: Type.Optional(nullable(Type.String())),
      cause: Type.String(),
      confidence: Type.Number(),
      share: Type.Optional(Type.Number({ description: 'of the harm that was found, 0 to 1' })),
    }),
  ),
});

const microseconds = nullable(Type.Number());
const terms = {
  sender_host_us: microseconds,
  network_us: microseconds,
  receiver_host_us: microseconds,
  receiver_pod_us: microseconds,
  edges_us: Type.Object({
    sender_tx: microseconds,
    receiver_rx: microseconds,
    receiver_tx: microseconds,
    sender_rx: microseconds,
  }),
};

export const Split = Type.Object({
  ...terms,
  baseline: Type.Object(terms),
  samples: Type.Integer({ description: 'marks joined over all taps' }),
});

export const Evidence = Type.Object({
  id: Type.String(),
  statement: Type.String(),
  supports: Type.Boolean(),
  sql: Type.String(),
  rows: Type.Array(Type.Record(Type.String(), Type.Unknown())),
});

const BlindTap = Type.Object({
  host: Type.String(),
  ifname: Type.String(),
  pod: nullable(Type.String()),
  hook: Type.String(),
  state: Type.String({ description: 'missing, ahead or detached' }),
  missing_share: Type.Number({ description: 'of the bytes of the device, at least' }),
  ahead: Type.String({ description: 'programs that run before the tap' }),
});

const UnwatchedEnd = Type.Object({
  address: Type.String(),
  host: nullable(Type.String({ description: 'null: no agent knows the address' })),
  heard: nullable(Type.String({ description: 'when its agent was last heard of, if lately' })),
});

const LostRecords = Type.Object({
  host: Type.String(),
  place: Type.String({ description: 'ring buffer, map or spool' }),
  reason: Type.String(),
  probe: Type.String({ description: 'whose records they were; empty where it is not one' }),
  cpu: Type.Integer({ description: 'that lost them, -1 where it is not one' }),
  records: Type.Integer(),
});

const Span = Type.Object({ from: Type.String(), to: Type.String() });

/**
 * What a verdict, its evidence and its split were read from: records received until it was asked for, which is
 * the window's end unless records were late. `split_basis` of
 * an incident is that of its split, where that is older than the verdict; else it is null.
 */
const Basis = Type.Object({
  asked: Type.Optional(
    Type.String({ description: 'until when records had been received; absent: the window’s end' }),
  ),
  window: Span,
  baseline: Span,
  flows: Type.Array(Flow),
  seen_as: Type.Array(Flow, { description: 'what else taps may have seen the flows as' }),
  clocks: Type.Record(Type.String(), Type.String(), {
    description: 'when the monotonic clock of each host was 0',
  }),
  records: Type.Record(Type.String(), Type.Integer(), {
    description: 'how many of each stream could be read',
  }),
});

export const STATES = ['open', 'tracing', 'diagnosed', 'closed'] as const;

export const Incident = Type.Object({
  id: Type.String(),
  state: Type.Enum(STATES),
  opened_at: Type.String(),
  closed_at: nullable(Type.String()),
  trigger: Type.Object({
    kind: Type.String(),
    host: Type.String(),
    flow: Flow,
    observed: Type.Number(),
    threshold: Type.Number(),
    unit: Type.String(),
  }),
  victims: Type.Array(Type.Object({ flow: Flow, src: End, dst: End })),
  verdict: nullable(Verdict),
  revisions: Type.Array(
    Type.Object({ at: Type.String(), verdict: Verdict, basis: Type.Optional(Basis) }),
  ),
  split: nullable(Split),
  before_trigger: Type.Optional(BeforeTrigger),
  waterfall: Type.Optional(Waterfall),
  probes: Type.Optional(
    Type.Array(LevelProbes, { description: 'what the trace could tell of, and what not' }),
  ),
  evidence: Type.Array(Evidence),
  basis: Type.Optional(Basis),
  split_basis: Type.Optional(nullable(Basis)),
  mappings: Type.Array(
    Type.Object({
      host: Type.String(),
      inner: Flow,
      encapsulation: Type.String(),
      outer: Flow,
      vni: Type.Integer(),
    }),
  ),
  translations: Type.Optional(
    Type.Array(
      Type.Object({
        host: Type.String({ description: 'that translates' }),
        kind: Type.Enum(['dnat', 'snat', 'both']),
        asked: Flow,
        sent: Flow,
      }),
      { description: 'flows of victims that taps see under other addresses, too' },
    ),
  ),
  data_quality: Type.Object({
    records_lost: Type.Integer(),
    losses: Type.Optional(Type.Array(LostRecords, { description: 'where they were lost' })),
    map_evictions: Type.Integer(),
    hosts_missing: Type.Array(Type.String()),
    unwatched: Type.Optional(
      Type.Array(UnwatchedEnd, {
        description: 'ends of the victims’ flows of which no agent tells, or tells no more',
      }),
    ),
    coverage: Type.Number({
      description: 'share of the taps expected for the victims that reported',
    }),
    blind_taps: Type.Optional(
      Type.Array(BlindTap, {
        description:
          'taps on the paths of the victims that did not see all of their traffic, or that a program runs before',
      }),
    ),
  }),
  timing: Type.Object({
    triggered_at: Type.String(),
    armed_at: Type.Record(Type.String(), Type.String()),
    trace_events: Type.Integer(),
    verdict_at: nullable(Type.String()),
  }),
});

export type Culprit = Static<typeof Culprit>;
export type Verdict = Static<typeof Verdict>;
export type Split = Static<typeof Split>;
export type Evidence = Static<typeof Evidence>;
export type Basis = Static<typeof Basis>;
export type BlindTap = Static<typeof BlindTap>;
export type UnwatchedEnd = Static<typeof UnwatchedEnd>;
export type LostRecords = Static<typeof LostRecords>;
export type Incident = Static<typeof Incident>;
