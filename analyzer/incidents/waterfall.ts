/** The way of one segment over both hosts, as it travels. Times in microseconds, each on the clock of its host. */
import { type Static, Type } from 'typebox';
import { Flow } from './flow.js';

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) =>
  Type.Union([type, Type.Null()]);

const LEGS = ['out', 'in', 'back'] as const;
const LAYERS = ['socket', 'tcp', 'tap', 'qdisc', 'driver', 'nic', 'drop'] as const;

const Wait = Type.Object({
  kind: Type.String({ description: 'wait: for a processor; throttled; softirq: not yet run' }),
  us: Type.Number(),
  task: nullable(Type.String({ description: 'the thread that waited, of a softirq null' })),
  ran: nullable(Type.String({ description: 'the task that had the processor the longest' })),
});

const Step = Type.Object({
  host: Type.String(),
  leg: Type.Enum(LEGS, {
    description: 'on the sender’s host, the receiver’s, back on the sender’s',
  }),
  layer: Type.Enum(LAYERS),
  probe: Type.String(),
  ack: Type.Boolean({ description: 'a step of the acknowledgement that covers the segment' }),
  pod: nullable(Type.String()),
  ifname: Type.String(),
  netns: Type.Integer(),
  time_ns: Type.Number({ description: 'on the monotonic clock of the host' }),
  since_first_us: Type.Number({ description: 'since the first step on the same host' }),
  wait_us: nullable(Type.Number({ description: 'since the step before on the same host' })),
  network_us: nullable(
    Type.Number({ description: 'R_au − T_bu of a byte mark in the segment: the network’s share' }),
  ),
  packets: Type.Integer({ description: 'that hold parts of the segment here' }),
  spread_us: Type.Number({ description: 'from the one with its first byte to the last of them' }),
  bytes: Type.Integer({ description: 'of the packet at this layer, or of the call' }),
  backlog_bytes: Type.Integer({ description: 'in the qdisc after this packet' }),
  thread: nullable(Type.String()),
  drop_reason: nullable(Type.String()),
  drop_symbol: nullable(Type.String()),
  matched: Type.String({
    description:
      'how it was found: sequence, queue (positions of the socket’s queue), order of alike passages, or time (the nearest)',
  }),
  waits: Type.Array(Wait),
});

export const Waterfall = Type.Object({
  flow: Flow,
  seq: Type.Integer(),
  end_seq: Type.Integer(),
  passage: Type.Integer({ description: '1, or more for bytes sent again' }),
  sent_at: Type.String({ description: 'at the first tap, on the analyzer’s clock' }),
  end: Type.Enum(['dropped', 'lost', 'acknowledged', 'received', 'unseen'], {
    description: 'lost: never seen at the other end, and sent again',
  }),
  missing: Type.Array(Type.String(), {
    description: 'taps of its way that did not tell of it: ap, au, bu, bp',
  }),
  steps: Type.Array(Step),
});

export type WaterfallStep = Static<typeof Step>;
export type Waterfall = Static<typeof Waterfall>;
