/** Handmade runs for tests: health from 0 s, injected at 10 s, undone at 20 s. */
import type { Incident } from '../../analyzer/incidents/incident.js';
import type { ClientReport } from '../workloads/protocol.js';
import type { RunRecord, Seal } from './record.js';

const START = Date.parse('2026-01-01T00:00:00Z');
export const at = (second: number): string => new Date(START + second * 1000).toISOString();

export const LOSS: Seal = {
  scenario: 'packet_loss',
  strength: { what: 'packets lost', unit: '%', value: 3 },
  traffic: null,
  set_aside: false,
  label: { domain: 'network', host: null, layer: 'path', cause: 'packet_loss' },
};

export const CONTROL: Seal = {
  scenario: 'healthy',
  strength: null,
  traffic: null,
  set_aside: false,
  label: null,
};

const report = (second: number, p99_ms: number): ClientReport => ({
  ...{ at: at(second), requests: 100, failures: 0, p50_ms: 1, p99_ms, max_ms: p99_ms },
});

/** @param hurts whether the client was slower while the fault was in force. */
export function record(hurts: boolean, incidents: readonly Incident[], run = 1): RunRecord {
  const reports = Array.from({ length: 20 }, (_, n) => report(n + 1, hurts && n >= 10 ? 50 : 2));
  const flow = { src: '10.244.1.11', dst: '10.244.2.11', dst_port: 8080 };
  return {
    run,
    healthy_from: at(0),
    injected_at: at(10),
    undone_at: at(20),
    ended_at: at(20),
    victims: [{ flow, workload: 'keep', reports }],
    incidents,
    earlier: 0,
    alerts: [],
  };
}

/** What scoring reads of an incident. */
export function incident(
  domain: 'sender_host' | 'receiver_host' | 'network' | 'undetermined',
  host: string | null,
  cause: string,
  culprit = 'link a → b',
): Incident {
  const [kind = '', ...id] = culprit.split(' ');
  return {
    verdict: {
      ...{ domain, host, cause, confidence: 0.9, layer: null },
      culprits: [{ kind, id: id.join(' '), host, share: 1 }],
    },
    timing: { triggered_at: at(10.5), verdict_at: at(12), armed_at: {}, trace_events: 5 },
    data_quality: { records_lost: 0 },
  } as unknown as Incident;
}
