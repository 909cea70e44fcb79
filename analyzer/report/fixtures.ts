/** Incidents as the engine writes them, for tests of everything that shows them. */
import { readFileSync } from 'node:fs';
import { Value } from 'typebox/value';
import { Incident } from '../incidents/incident.js';
import type { Waterfall, WaterfallStep } from '../incidents/waterfall.js';

const file = new URL('./fixtures/noisy-neighbour.json', import.meta.url);

/** Refuses a fixture that has drifted from the contract. */
export const noisyNeighbour = (): Incident =>
  Value.Parse(Incident, JSON.parse(readFileSync(file, 'utf8')) as unknown);

const REFUSED = {
  src: '10.61.1.2',
  src_port: 45000,
  dst: '10.61.9.9',
  dst_port: 81,
  protocol: 'tcp',
};

/** Harm without a place: nothing at the other end, no split, records lost. */
export const undetermined = (): Incident => ({
  ...noisyNeighbour(),
  id: 'inc-1763713500000-2',
  state: 'diagnosed',
  closed_at: null,
  trigger: {
    kind: 'syn_retry',
    host: 'a',
    flow: REFUSED,
    observed: 2,
    threshold: 1,
    unit: 'count',
  },
  victims: [
    {
      flow: REFUSED,
      src: { host: 'a', pod: 'nv-demo-a-p1', process: null },
      dst: { host: null, pod: null, process: null },
    },
  ],
  verdict: {
    domain: 'undetermined',
    host: null,
    layer: null,
    cause: 'other',
    confidence: 0.21,
    culprits: [],
    summary: 'No single place holds the harm.',
    mitigation: 'Read the evidence: the place is known, the mechanism is not.',
    alternatives: [],
  },
  revisions: [],
  split: null,
  evidence: [],
  mappings: [],
  data_quality: {
    ...{ records_lost: 1204, map_evictions: 3, hosts_missing: ['d'], coverage: 0.5 },
    losses: [
      {
        ...{ host: 'b', place: 'ring packet_events', reason: 'full' },
        ...{ probe: 'netif_rx', cpu: 1, records: 1204 },
      },
    ],
  },
});

/** Proved, not yet placed. */
export const tracing = (): Incident => ({
  ...noisyNeighbour(),
  id: 'inc-1763713600000-3',
  state: 'tracing',
  closed_at: null,
  verdict: null,
  revisions: [],
  evidence: [],
});

const STEP: WaterfallStep = {
  ...{
    host: 'a',
    leg: 'out',
    layer: 'tap',
    probe: 'tap',
    ack: false,
    pod: 'pod-a',
    ifname: 'veth1',
  },
  ...{ netns: 1, time_ns: 1, since_first_us: 0, wait_us: null, network_us: null },
  ...{ packets: 1, spread_us: 0, bytes: 340, backlog_bytes: 0, thread: null },
  ...{ drop_reason: null, drop_symbol: null, matched: 'sequence', waits: [] },
};

/** A segment that waited for its reader, and one step more. */
export const waterfall = (
  changed: Partial<Waterfall> = {},
  last: Partial<WaterfallStep> = {},
): Waterfall => ({
  flow: { src: '10.1.0.2', src_port: 40000, dst: '10.2.0.2', dst_port: 80, protocol: 'tcp' },
  ...{ seq: 4_294_967_200, end_seq: 204, passage: 1, end: 'acknowledged', missing: [] },
  sent_at: '2026-01-01T00:00:00.000000000Z',
  steps: [
    STEP,
    { ...STEP, host: 'b', leg: 'in', layer: 'nic', probe: 'netif_rx', pod: null, network_us: 181 },
    {
      ...{ ...STEP, host: 'b', leg: 'in', layer: 'socket', probe: 'receive', pod: 'pod-b' },
      ...{ since_first_us: 3790, wait_us: 3690, thread: 'app/7', bytes: 300 },
      waits: [{ kind: 'wait', us: 3640, task: 'app/7', ran: 'hog/9' }],
    },
    { ...STEP, leg: 'back', since_first_us: 3880, wait_us: 3880, ...last },
  ],
  ...changed,
});
