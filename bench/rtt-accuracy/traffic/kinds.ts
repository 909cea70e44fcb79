import type { Character } from '../../../experiments/workloads/character/index.js';
import type { PathOptions } from '../../../experiments/testbed/path.js';

/** Traffic of one character over one path. */
export interface TrafficKind {
  readonly id: string;
  readonly title: string;
  readonly path: PathOptions;
  readonly mode: Character;
  readonly flows: number;
  readonly seconds: number;
  /** Between two requests or writes. */
  readonly pauseMs?: number;
  /** Sequence number of the client's SYN, to be near the wrap. */
  readonly firstSeq?: number;
  /** More samples than leave of an armed flow (armed.h): only those of rare marks are sure to. */
  readonly beyondBudget?: boolean;
}

const KINDS = [
  {
    id: 'stream',
    title: 'one stream, unlimited path, super-packets',
    path: { offloads: true },
    mode: 'stream',
    flows: 1,
    seconds: 0.5,
    beyondBudget: true,
  },
  {
    id: 'stream_segments',
    title: 'one stream, 100 Mbit/s, one segment a packet',
    path: { offloads: false, bottleneckMbit: 100 },
    mode: 'stream',
    flows: 1,
    seconds: 2,
    beyondBudget: true,
  },
  {
    id: 'streams_queued',
    title: '4 streams, 20 Mbit/s, super-packets',
    path: { offloads: true, bottleneckMbit: 20 },
    mode: 'stream',
    flows: 4,
    seconds: 3,
  },
  {
    id: 'loss',
    title: '2 streams, 10 Mbit/s, 2 % dropped, super-packets',
    path: { offloads: true, bottleneckMbit: 10, lossPercent: 2 },
    mode: 'stream',
    flows: 2,
    seconds: 4,
  },
  {
    id: 'loss_segments',
    title: '2 streams, 10 Mbit/s, 2 % dropped, one segment a packet',
    path: { offloads: false, bottleneckMbit: 10, lossPercent: 2 },
    mode: 'stream',
    flows: 2,
    seconds: 4,
  },
  {
    id: 'reorder',
    title: '2 streams, 20 Mbit/s, 0.2 % overtake the queue, super-packets',
    path: { offloads: true, bottleneckMbit: 20, overtakingPercent: 0.2 },
    mode: 'stream',
    flows: 2,
    seconds: 3,
  },
  {
    id: 'reorder_segments',
    title: '2 streams, 20 Mbit/s, 0.2 % overtake the queue, one segment a packet',
    path: { offloads: false, bottleneckMbit: 20, overtakingPercent: 0.2 },
    mode: 'stream',
    flows: 2,
    seconds: 3,
  },
  {
    id: 'delayed_ack',
    title: '4 flows of small writes, one in two answered',
    path: { offloads: true },
    mode: 'dribble',
    flows: 4,
    seconds: 4,
    pauseMs: 60,
  },
  {
    id: 'rpc',
    title: '1 request loop',
    path: { offloads: true },
    mode: 'rpc',
    flows: 1,
    seconds: 3,
    pauseMs: 5,
  },
  {
    id: 'rpc_100',
    title: '100 request loops',
    path: { offloads: true },
    mode: 'rpc',
    flows: 100,
    seconds: 3,
    pauseMs: 100,
  },
  {
    id: 'rpc_1000',
    title: '1,000 request loops',
    path: { offloads: true },
    mode: 'rpc',
    flows: 1000,
    seconds: 4,
    pauseMs: 1000,
  },
  {
    id: 'wrap',
    title: 'one stream across the wrap of sequence numbers, 20 Mbit/s',
    path: { offloads: true, bottleneckMbit: 20 },
    mode: 'stream',
    flows: 1,
    seconds: 2,
    firstSeq: 0xffff_0000,
  },
] as const satisfies readonly TrafficKind[];

export const TRAFFIC_KINDS: readonly TrafficKind[] = KINDS;
