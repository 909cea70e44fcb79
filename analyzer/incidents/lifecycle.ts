/** How an incident is written from its case, its diagnosis and the account of the data behind it. */
import type { FlowKey } from './engine.js';
import type { Observations } from '../ledgers/observe.js';
import { connectionId, flowId, reversed } from '../ledgers/flow.js';
import type { Case } from './case.js';
import type { Diagnosis } from './diagnosis.js';
import type { BlindTap, Flow, Incident } from './incident.js';

export interface DataQuality {
  readonly recordsLost: number;
  readonly evictions: number;
  readonly hostsMissing: string[];
  readonly coverage: number;
  readonly blindTaps: BlindTap[];
  readonly traceEvents: number;
  readonly mappings: Incident['mappings'];
  readonly translations: NonNullable<Incident['translations']>;
  /** Process names by flow, from socket owners. */
  readonly processes: ReadonlyMap<string, string>;
}

const PROTOCOLS: Record<number, string> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmpv6' };

export const wireFlow = ({ src, src_port, dst, dst_port, protocol }: FlowKey): Flow => ({
  src,
  src_port,
  dst,
  dst_port,
  protocol: PROTOCOLS[protocol] ?? String(protocol),
});

/** Nanoseconds of the wall clock as RFC 3339 with nanoseconds. */
export function rfc3339(ns: bigint): string {
  const seconds = new Date(Number(ns / 1_000_000n)).toISOString().slice(0, 19);
  return `${seconds}.${String(ns % 1_000_000_000n).padStart(9, '0')}Z`;
}

const IN_NS = new Set([
  'rtt_shift',
  'response_shift',
  'no_progress',
  'no_response',
  'dns_unanswered',
  'dns_slow',
  'rtt_drift',
  'response_drift',
]);

export function openIncident(
  subject: Case,
  diagnosis: Diagnosis,
  observations: Observations,
  quality: DataQuality,
): Incident {
  const trigger = subject.trigger(new Set(diagnosis.victims.map(connectionId)));
  const alert = trigger?.alert;
  const at = rfc3339(trigger?.atNs ?? subject.startedNs);
  return {
    id: subject.id,
    state: 'tracing',
    opened_at: at,
    closed_at: null,
    trigger: {
      kind: alert?.kind ?? 'unknown',
      host: alert?.host ?? '',
      flow: wireFlow(alert ?? diagnosis.lead.victim),
      observed: Number(alert?.observed ?? 0n),
      threshold: Number(alert?.threshold ?? 0n),
      unit: IN_NS.has(alert?.kind ?? '') ? 'ns' : 'count',
    },
    ...facts(subject, diagnosis, observations, quality),
    verdict: null,
    revisions: [],
    timing: {
      triggered_at: at,
      armed_at: { ...subject.armedAt },
      trace_events: quality.traceEvents,
      verdict_at: null,
    },
  };
}

/** The parts that follow the newest diagnosis. */
function facts(
  subject: Case,
  diagnosis: Diagnosis,
  observations: Observations,
  quality: DataQuality,
): Pick<Incident, 'victims' | 'split' | 'evidence' | 'mappings' | 'translations' | 'data_quality'> {
  return {
    victims: diagnosis.victims.map((flow) => victim(flow, observations, quality)),
    split: diagnosis.split ?? subject.incident?.split ?? null,
    evidence: uniqueEvidence(diagnosis),
    mappings: quality.mappings,
    translations: quality.translations,
    data_quality: {
      records_lost: quality.recordsLost,
      map_evictions: quality.evictions,
      hosts_missing: quality.hostsMissing,
      coverage: quality.coverage,
      blind_taps: quality.blindTaps,
    },
  };
}

/** The lead's proof, then what other findings of the same flows add. */
function uniqueEvidence({ lead, findings }: Diagnosis): Incident['evidence'] {
  const seen = new Set<string>();
  const same = findings.filter((f) => f.cause === lead.cause && f.host === lead.host);
  return [lead, ...same].flatMap((f) =>
    f.evidence.filter((e) => {
      if (seen.has(e.id)) return false;
      seen.add(e.id);
      return true;
    }),
  );
}

function victim(
  flow: FlowKey,
  { endpoints, directions }: Observations,
  { processes }: DataQuality,
): Incident['victims'][number] {
  const direction = directions.get(flowId(flow));
  const end = (here: FlowKey, host: string | null, pod: string | null) => ({
    host: host ?? endpoints.get(here.src)?.host ?? null,
    pod: host === null ? (endpoints.get(here.src)?.pod ?? null) : pod,
    process: processes.get(flowId(here)) ?? null,
  });
  return {
    flow: wireFlow(flow),
    src: end(flow, direction?.srcHost ?? null, direction?.srcPod ?? null),
    dst: end(reversed(flow), direction?.dstHost ?? null, direction?.dstPod ?? null),
  };
}

/** Writes the diagnosis into the incident; a changed verdict keeps the old one as a revision. */
export function diagnosed(
  incident: Incident,
  subject: Case,
  diagnosis: Diagnosis,
  observations: Observations,
  quality: DataQuality,
  atNs: bigint,
): Incident {
  const previous = incident.verdict;
  const changed =
    previous !== null &&
    (previous.cause !== diagnosis.verdict.cause || previous.host !== diagnosis.verdict.host);
  return {
    ...incident,
    ...facts(subject, diagnosis, observations, quality),
    state: 'diagnosed',
    verdict: diagnosis.verdict,
    revisions: changed
      ? [...incident.revisions, { at: rfc3339(atNs), verdict: previous }]
      : incident.revisions,
    timing: {
      ...incident.timing,
      armed_at: { ...subject.armedAt },
      trace_events: Math.max(incident.timing.trace_events, quality.traceEvents),
      verdict_at: incident.timing.verdict_at ?? rfc3339(atNs),
    },
  };
}
