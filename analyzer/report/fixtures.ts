/** Incidents as the engine writes them, for tests of everything that shows them. */
import { readFileSync } from 'node:fs';
import { Value } from 'typebox/value';
import { Incident } from '../incidents/incident.js';

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
  data_quality: { records_lost: 1204, map_evictions: 3, hosts_missing: ['d'], coverage: 0.5 },
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
