/** From findings to one diagnosis: the place and cause that explain the most harm. */
import { flowId, reversed } from '../ledgers/flow.js';
import { isUnwatched } from '../ledgers/loss.js';
import type { Observations } from '../ledgers/observe.js';
import { isClient, isRequestResponse } from '../ledgers/roles.js';
import { isSymptom, nameServers } from '../rules/dns.js';
import { CAUSES } from '../rules/causes.js';
import type { Finding } from '../rules/finding.js';
import { duration, round } from '../rules/finding.js';
import { judge, type Judged } from '../rules/index.js';
import type { FlowKey } from './engine.js';
import type { Split, Verdict } from './incident.js';

export interface Diagnosis {
  /** Same text while place and cause stay the same. */
  readonly key: string;
  readonly verdict: Verdict;
  readonly split: Split | null;
  readonly lead: Finding;
  readonly findings: readonly Finding[];
  readonly victims: readonly FlowKey[];
}

interface Group {
  readonly key: string;
  readonly findings: Finding[];
  score: number;
}

/**
 * @param coverage share of the taps expected that reported,
 * @param lostShare share of records lost, and
 * @param blindShare share of its device's bytes that the blindest tap did not see: all three lower the confidence.
 */
export function diagnose(
  flows: readonly FlowKey[],
  observations: Observations,
  coverage: number,
  lostShare: number,
  blindShare: number,
): Diagnosis | null {
  const judged = judge(flows, observations);
  const ofNames = nameServers(flows, observations);
  const found = judged.flatMap((j) => j.findings).filter((f) => !isSymptom(f, ofNames));
  const groups = grouped(joined([...ofNames, ...found], observations));
  const best = groups[0];
  const lead = best && strongest(best.findings);
  if (!best || !lead) return null;
  const quality = (0.6 + 0.4 * coverage) * (1 - Math.min(0.3, lostShare)) * (1 - 0.4 * blindShare);
  const total = groups.reduce((t, g) => t + g.score, 0);
  const dominance = 0.7 + (0.3 * best.score) / total;
  const victim = canonical(lead, observations);
  const verdict: Verdict = {
    ...blame(lead, victim, observations),
    layer: lead.layer ?? CAUSES[lead.cause].layer,
    cause: lead.cause,
    confidence: round(lead.confidence * quality * dominance, 2),
    culprits: [...lead.culprits],
    summary: `${lead.statement}: ${CAUSES[lead.cause].title}. Each request or mark loses ${duration(lead.harmUs)} on average.${besides(groups)}`,
    mitigation: CAUSES[lead.cause].mitigation,
    alternatives: groups.slice(1, 4).flatMap((g) => {
      const other = strongest(g.findings);
      return other
        ? [
            {
              ...blame(other, canonical(other, observations), observations),
              cause: other.cause,
              confidence: round((other.confidence * quality * g.score) / total, 2),
              share: round(g.score / total, 2),
            },
          ]
        : [];
    }),
  };
  return {
    key: best.key,
    verdict,
    split: splitOf(victim, lead, judged),
    lead,
    findings: groups.flatMap((g) => g.findings),
    victims: uniqueFlows(best.findings.map((f) => canonical(f, observations))),
  };
}

/** A second fault from as much of the harm on is told in the same breath. */
export const TOLD_SHARE = 0.15;

function besides([first, ...others]: readonly Group[]): string {
  const total = others.reduce((t, g) => t + g.score, first?.score ?? 0);
  const other = others.find(
    (g) => g.findings[0]?.host !== first?.findings[0]?.host && g.score >= TOLD_SHARE * total,
  );
  const told = other && strongest(other.findings);
  return told ? ` Besides: ${told.statement.replace(/[.]$/, '')}.` : '';
}

/** A flow that cannot connect, or is stuck, says more than one that is slow. */
const WEIGHT: Partial<Record<string, number>> = { setup_ledger: 4, progress_ledger: 4 };

/**
 * What is wrong beyond the last tap that tells is put to a place that the same host's other flows, seen whole, show:
 * one fault hurts the flows that share an end.
 */
function joined(findings: readonly Finding[], { directions }: Observations): Finding[] {
  return findings.map((finding) => {
    const direction = directions.get(flowId(finding.victim));
    if (finding.host !== undefined || !direction || !isUnwatched(direction)) return finding;
    const { srcHost, dstHost } = direction;
    const same = findings.filter(({ host }) => host && (host === srcHost || host === dstHost));
    const told = strongest(same);
    return told ? { ...told, victim: finding.victim } : finding;
  });
}

function grouped(findings: readonly Finding[]): Group[] {
  const groups = new Map<string, Group>();
  for (const finding of findings) {
    const place = finding.host === undefined ? 'unknown' : (finding.host ?? 'network');
    const key = `${place}/${finding.cause}`;
    const group = groups.get(key) ?? { key, findings: [], score: 0 };
    group.findings.push(finding);
    group.score += finding.harmUs * finding.confidence * (WEIGHT[finding.rule] ?? 1);
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => b.score - a.score);
}

const strongest = (findings: readonly Finding[]): Finding | undefined =>
  [...findings].sort((a, b) => b.confidence * b.harmUs - a.confidence * a.harmUs)[0];

/** Requests flow from the client: the direction in which an exchange of requests is reported. */
function canonical({ victim: flow, oneWay }: Finding, observations: Observations): FlowKey {
  if (oneWay) return flow;
  const both = [flow, reversed(flow)].map((f) => observations.directions.get(flowId(f)));
  if (!both.some((direction) => direction && isRequestResponse(direction))) return flow;
  return isClient(flow, observations) === false ? reversed(flow) : flow;
}

function blame(
  finding: Finding,
  victim: FlowKey,
  observations: Observations,
): Pick<Verdict, 'domain' | 'host'> {
  if (finding.host === undefined) return { domain: 'undetermined', host: null };
  if (finding.host === null) return { domain: 'network', host: null };
  const sender =
    observations.directions.get(flowId(victim))?.srcHost ??
    observations.endpoints.get(victim.src)?.host;
  return {
    domain: finding.host === sender ? 'sender_host' : 'receiver_host',
    host: finding.host,
  };
}

const uniqueFlows = (flows: readonly FlowKey[]): FlowKey[] => [
  ...new Map(flows.map((f) => [flowId(f), f])).values(),
];

/** The split of the victim's direction, else of the one that the lead speaks of, else of the one with the most marks. */
function splitOf(victim: FlowKey, lead: Finding, judged: readonly Judged[]): Split | null {
  const withMarks = judged.filter((j) => j.ledger.joined > 0);
  const ofVictim = withMarks.filter((j) => flowId(j.ledger.direction.flow) === flowId(victim));
  const own = ofVictim.length > 0 ? ofVictim : withMarks.filter((j) => j.findings.includes(lead));
  const ledger = [...(own.length > 0 ? own : withMarks)].sort(
    (a, b) => b.ledger.joined - a.ledger.joined,
  )[0]?.ledger;
  if (!ledger) return null;
  const us = (value: number | null): number | null => (value === null ? null : round(value, 1));
  const none = { sender_tx: null, receiver_rx: null, receiver_tx: null, sender_rx: null };
  return {
    sender_host_us: us(ledger.now.sender_host),
    network_us: us(ledger.reach === 'both' ? ledger.now.network : null),
    receiver_host_us: us(ledger.now.receiver_host),
    receiver_pod_us: us(ledger.now.receiver_pod),
    edges_us: {
      sender_tx: us(ledger.edges.sender_tx),
      receiver_rx: us(ledger.edges.receiver_rx),
      receiver_tx: us(ledger.edges.receiver_tx),
      sender_rx: us(ledger.edges.sender_rx),
    },
    baseline: {
      sender_host_us: us(ledger.baseline.sender_host),
      network_us: us(ledger.reach === 'both' ? ledger.baseline.network : null),
      receiver_host_us: us(ledger.baseline.receiver_host),
      receiver_pod_us: us(ledger.baseline.receiver_pod),
      edges_us: none,
    },
    samples: ledger.joined,
  };
}
