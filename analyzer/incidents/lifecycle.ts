/** How an incident is written from its case, its diagnosis and the account of the data behind it. */
import type { FlowKey } from './engine.js';
import type { Observations } from '../ledgers/observe.js';
import { connectionId, flowId, reversed } from '../ledgers/flow.js';
import type { Case } from './case.js';
import type { Diagnosis } from './diagnosis.js';
import type { Basis, Incident, Verdict } from './incident.js';
import type { Judgement } from './judgement.js';
import type { DataQuality } from './quality.js';
import { rfc3339, wireFlow } from './wire.js';

/** A judgement that found harm. */
export interface Proof extends Judgement {
  readonly diagnosis: Diagnosis;
  readonly basis: Basis;
  readonly hostsMissing: string[];
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

const IN_THOUSANDTHS = new Set(['send_buffer', 'receive_window']);

const unitOf = (kind: string): string =>
  IN_NS.has(kind) ? 'ns' : IN_THOUSANDTHS.has(kind) ? '‰' : 'count';

export function openIncident(subject: Case, proof: Proof): Incident {
  const { diagnosis, quality } = proof;
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
      unit: unitOf(alert?.kind ?? ''),
    },
    ...facts(subject, proof),
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
  { diagnosis, observations, quality, basis, hostsMissing }: Proof,
): Pick<
  Incident,
  | 'victims'
  | 'split'
  | 'evidence'
  | 'basis'
  | 'split_basis'
  | 'mappings'
  | 'translations'
  | 'data_quality'
> {
  return {
    victims: diagnosis.victims.map((flow) => victim(flow, observations, quality)),
    evidence: uniqueEvidence(diagnosis),
    basis,
    ...(diagnosis.split
      ? { split: diagnosis.split, split_basis: null }
      : earlierSplit(subject.incident)),
    mappings: quality.mappings,
    translations: quality.translations,
    data_quality: {
      records_lost: quality.recordsLost,
      losses: quality.losses,
      map_evictions: quality.evictions,
      hosts_missing: hostsMissing,
      unwatched: quality.unwatched,
      coverage: quality.coverage,
      blind_taps: quality.blindTaps,
    },
  };
}

/** Nothing was measured of the split just now: it stays, with what it was read from. */
function earlierSplit(incident: Incident | null): Pick<Incident, 'split' | 'split_basis'> {
  const read = incident?.split_basis ?? incident?.basis;
  if (!incident?.split || !read) return { split: null, split_basis: null };
  return { split: incident.split, split_basis: read };
}

/** The lead's proof, then what other findings of the same flows add. */
export function uniqueEvidence({ lead, findings }: Diagnosis): Incident['evidence'] {
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
export function diagnosed(incident: Incident, subject: Case, proof: Proof, atNs: bigint): Incident {
  const { diagnosis, quality } = proof;
  const { verdict: previous } = incident;
  const changed =
    previous !== null &&
    (previous.cause !== diagnosis.verdict.cause || previous.host !== diagnosis.verdict.host);
  return {
    ...incident,
    ...facts(subject, proof),
    state: 'diagnosed',
    verdict: diagnosis.verdict,
    revisions: changed
      ? [...incident.revisions, revision(incident, previous, atNs)]
      : incident.revisions,
    timing: {
      ...incident.timing,
      armed_at: { ...subject.armedAt },
      trace_events: Math.max(incident.timing.trace_events, quality.traceEvents),
      verdict_at: incident.timing.verdict_at ?? rfc3339(atNs),
    },
  };
}

const revision = (
  { basis }: Incident,
  verdict: Verdict,
  atNs: bigint,
): Incident['revisions'][number] => ({ at: rfc3339(atNs), verdict, ...(basis && { basis }) });
