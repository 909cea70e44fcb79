/** Builders of small given-tables for the tests of ledgers and rules. */
import type { AccountRow, Direction, EndpointRow, MarkRow, Observations } from './observe.js';
import { flowId, type Place, reversed } from './flow.js';

export const REQUEST = {
  src: '10.1.0.2',
  src_port: 40000,
  dst: '10.2.0.2',
  dst_port: 80,
  protocol: 6,
};

/** Microseconds of one mark: what each place adds to the round trip. */
export interface MarkTimes {
  readonly senderHost?: number;
  readonly network?: number;
  readonly receiverHost?: number;
  readonly pod?: number;
  readonly edges?: Partial<
    Pick<MarkRow, 'sender_tx' | 'receiver_rx' | 'receiver_tx' | 'sender_rx'>
  >;
}

function markRow(index: number, times: MarkTimes, flow = REQUEST): MarkRow {
  const { senderHost = 20, network = 100, receiverHost = 20, pod = 300, edges = {} } = times;
  const at = index * 50_000_000;
  return {
    ...flow,
    mark: 1000 + index * 100,
    closing_ack: 1100 + index * 100,
    at_us: at / 1000,
    r_ap: senderHost + network + receiverHost + pod,
    r_au: network + receiverHost + pod,
    t_bu: receiverHost + pod,
    t_bp: pod,
    au_ns: at,
    bu_ns: at + network * 500,
    bp_ns: at + network * 500 + receiverHost * 500,
    class: 'exact',
    piggyback: 1,
    ...edges,
  };
}

export const marks = (
  count: number,
  times: MarkTimes | ((i: number) => MarkTimes),
  flow = REQUEST,
): MarkRow[] =>
  Array.from({ length: count }, (_, i) =>
    markRow(i, typeof times === 'function' ? times(i) : times, flow),
  );

export function accountRow(
  place: Place,
  row: Partial<AccountRow> = {},
  flow = REQUEST,
): AccountRow {
  const near = place === 'ap' || place === 'au';
  return {
    ...flow,
    place,
    host: near ? 'a' : 'b',
    src_host: 'a',
    dst_host: 'b',
    src_pod: 'a1',
    dst_pod: 'b1',
    src_present: true,
    dst_present: true,
    packets: 100,
    wire_bytes: 20_000,
    payload_bytes: 15_000,
    data_segments: 100,
    retransmitted_segments: 0,
    retransmitted_bytes: 0,
    rto_retransmissions: 0,
    holes: 0,
    zero_windows: 0,
    syns: 0,
    syn_retries: 0,
    syn_acks: 0,
    fins: 0,
    resets: 0,
    responses: 50,
    response_mean_us: 300,
    outstanding_bytes: null,
    stuck_ms: null,
    unanswered_ms: 0,
    usual_response_us: 0,
    answered_ms_ago: null,
    seen_ms_ago: 0,
    seconds: 3,
    ...row,
  };
}

export function directionOf(given: Partial<Direction> = {}): Direction {
  return {
    flow: REQUEST,
    srcHost: 'a',
    dstHost: 'b',
    srcPod: 'a1',
    dstPod: 'b1',
    now: [],
    baseline: marks(40, {}),
    account: {},
    accountBefore: {},
    ranges: {},
    ...given,
  };
}

const endpoint = (address: string, host: string, pod: string): EndpointRow => ({
  address,
  host,
  role: 'pod',
  pod,
  ifname: `veth-${pod}`,
  netns: 0,
  present: true,
});

export function observationsOf(
  directions: readonly Direction[],
  given: Partial<Observations> = {},
): Observations {
  return {
    window: { fromNs: 0n, toNs: 3_000_000_000n },
    baselineWindow: { fromNs: -30_000_000_000n, toNs: -1_000_000_000n },
    directions: new Map(directions.map((d) => [flowId(d.flow), d])),
    waits: [],
    waitCulprits: [],
    queue: [],
    queueStays: [],
    drops: [],
    changes: [],
    misdirected: [],
    dns: [],
    dnsBefore: [],
    linkFlows: [],
    endpoints: new Map(
      [
        endpoint('10.1.0.2', 'a', 'a1'),
        endpoint('10.1.0.3', 'a', 'a2'),
        endpoint('10.2.0.2', 'b', 'b1'),
        endpoint('10.3.0.2', 'c', 'c1'),
      ].map((e) => [e.address, e]),
    ),
    listening: new Set([80]),
    silent: new Map(),
    seconds: 3,
    baselineSeconds: 29,
    ...given,
  };
}

export const RESPONSE = reversed(REQUEST);
