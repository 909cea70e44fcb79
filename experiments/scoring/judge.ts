import type { Label } from '../faults/index.js';
import type { Incident, Verdict } from '../../analyzer/incidents/incident.js';
import { isHurt, worstHarm } from './harm.js';
import type { RunRecord, Score, Seal } from './record.js';
import { triggersOf } from './triggers.js';

/** Holds what was said of a run against what it was. */
export function judge(record: RunRecord, seal: Seal): Score {
  const { label, also, traffic } = seal;
  const { victims } = record;
  const { incidents, earlier } = byTime(record);
  const [injected, undone] = [new Date(record.injected_at), new Date(record.undone_at)];
  const incident = incidents[0];
  const verdict = incident?.verdict ?? null;
  const harm = worstHarm(victims, injected, undone);
  const hurt = harm !== null && isHurt(harm);
  const silent = incidents.length + earlier === 0;
  const blamed = [label, also].some((one) => one && blames(verdict, one, traffic));
  const right = label === null ? silent : earlier === 0 && incidents.length === 1 && blamed;
  const flows = label === null ? null : victims.map(({ flow }) => flow);
  return {
    ...seal,
    run: record.run,
    harm,
    hurt,
    workload: victims[0]?.workload ?? null,
    // A fault without effect is a healthy control, and a control that hurts is none.
    result: hurt !== (label !== null) ? 'void' : right ? 'right' : 'wrong',
    incidents: incidents.length,
    earlier,
    healthy_s: seconds(record.healthy_from, label === null ? record.ended_at : record.injected_at),
    domain: verdict?.domain ?? null,
    host: verdict?.host ?? null,
    cause: verdict?.cause ?? null,
    confidence: verdict?.confidence ?? null,
    cause_right:
      label === null ? silent : right && [label, also].some((one) => one?.cause === verdict?.cause),
    both_named: label && also ? right && [label, also].every((one) => isNamed(one, verdict)) : null,
    culprit_right: label?.culprit === undefined ? null : right && names(verdict, label.culprit),
    ...latencies(incident, record.injected_at),
    trace_events: incident?.timing.trace_events ?? null,
    records_lost: incident?.data_quality.records_lost ?? null,
    triggers: triggersOf(record.alerts, flows, seconds(record.injected_at, record.undone_at)),
  };
}

/** Which end sends the late data follows from the traffic: where that is not the fault's own, the host alone counts. */
function blames(verdict: Verdict | null, label: Label, traffic: Seal['traffic']): boolean {
  if (verdict === null || verdict.host !== label.host) return false;
  const isOpen = Boolean(traffic) && label.host !== null;
  return isOpen || verdict.domain === label.domain;
}

/** A verdict from before the injection is none of it, even if its incident came to be known after. */
function byTime(record: RunRecord): Pick<RunRecord, 'incidents' | 'earlier'> {
  const before = ({ timing }: Incident): boolean =>
    timing.verdict_at !== null && Date.parse(timing.verdict_at) < Date.parse(record.injected_at);
  const incidents = record.incidents.filter((incident) => !before(incident));
  return { incidents, earlier: record.earlier + record.incidents.length - incidents.length };
}

const isNamed = ({ domain, host }: Label, verdict: Verdict | null): boolean =>
  [verdict, ...(verdict?.alternatives ?? [])].some(
    (said) => said?.domain === domain && said.host === host,
  );

function names(verdict: Verdict | null, culprit: string): boolean {
  const first = verdict?.culprits[0];
  return first !== undefined && `${first.kind} ${first.id}`.includes(culprit);
}

function latencies(
  incident: Incident | undefined,
  injectedAt: string,
): Pick<Score, 'detection_s' | 'verdict_s'> {
  const since = (at: string | null | undefined): number | null =>
    at ? seconds(injectedAt, at) : null;
  return {
    detection_s: since(incident?.timing.triggered_at),
    verdict_s: since(incident?.timing.verdict_at),
  };
}

const seconds = (from: string, to: string): number =>
  Number(((Date.parse(to) - Date.parse(from)) / 1000).toFixed(2));
