/** Rules over the delay ledger of the path: the marks are late between the two pod taps. */
import { type DelayLedger, isLate, type PathTerm, PATH_TERMS } from '../ledgers/delay.js';
import { describeFlow } from '../ledgers/flow.js';
import { isFelt } from '../ledgers/impact.js';
import type { Observations } from '../ledgers/observe.js';
import { isSelfInflicted } from '../ledgers/roles.js';
import type { Evidence } from '../incidents/incident.js';
import { duration, evidence, type Finding, percent } from './finding.js';
import { networkCause } from './network-cause.js';
import { hostCause } from './host-cause.js';

/** A term is named only if it has the largest excess in as many resamples of the late marks. */
const NAMED_FROM = 0.9;

export function pathDelay(ledger: DelayLedger, observations: Observations): Finding | null {
  const { path, direction } = ledger;
  if (!isLate(path) || !isFelt(path, direction, observations)) return null;
  if (isSelfInflicted(direction, path.excessUs, observations)) return null;
  const named = PATH_TERMS.find((term) => ledger.wins[term] >= NAMED_FROM);
  // What is beyond the only host that tells is its pod's time, too: `unseen.ts` asks whether answers are late.
  if (ledger.reach === 'sender' && named !== 'sender_host') return null;
  const proof = ledgerEvidence(ledger, observations);
  const base = {
    victim: direction.flow,
    harmUs: path.harmUs,
    rule: 'path_delay_ledger',
  };
  if (!named)
    return {
      ...base,
      cause: 'other',
      host: undefined,
      confidence: 0.3,
      culprits: [],
      evidence: proof,
      statement: `${describeFlow(direction.flow)} is ${duration(path.excessUs)} late; no single place holds the excess.`,
    };
  const cause =
    named === 'network'
      ? networkCause(ledger, observations)
      : hostCause(ledger, named, observations);
  return { ...base, ...cause, evidence: [...proof, ...cause.evidence] };
}

const SPLIT_SQL = (o: Observations): string =>
  `SELECT * FROM mark_edges(${o.window.fromNs}, ${o.window.toNs})`;

function ledgerEvidence(ledger: DelayLedger, observations: Observations): Evidence[] {
  const { path } = ledger;
  if (!path) return [];
  const sql = SPLIT_SQL(observations);
  const late = evidence(
    'delay.late_marks',
    true,
    `${path.late.length} of ${path.marks} byte marks of ${describeFlow(ledger.direction.flow)} are later than ` +
      `${duration(path.thresholdUs)}; on average ${duration(path.excessUs)} above the baseline median of ` +
      `${duration(path.baselineMedianUs)}.`,
    sql,
  );
  const top = Math.max(...PATH_TERMS.map((t) => ledger.excess[t]));
  return [
    late,
    ...PATH_TERMS.map((term) => termEvidence(ledger, term, top, sql)),
    edgeEvidence(ledger, sql),
  ];
}

const TERM_NAMES: Record<PathTerm, string> = {
  sender_host: 'Sender host',
  network: 'Network (driver to driver, edges excluded)',
  receiver_host: 'Receiver host',
};

function termEvidence(ledger: DelayLedger, term: PathTerm, top: number, sql: string): Evidence {
  const excess = ledger.excess[term];
  const total = PATH_TERMS.reduce((t, name) => t + Math.max(0, ledger.excess[name]), 0);
  const share = total > 0 ? Math.max(0, excess) / total : 0;
  const acquitted = excess < top;
  return evidence(
    `delay.${term}`,
    !acquitted || share < 0.3,
    `${TERM_NAMES[term]}: ${duration(ledger.now[term] ?? 0)} now against ${duration(ledger.baseline[term] ?? 0)}, ` +
      `${percent(share)} of the excess${acquitted ? ' (acquitted)' : ''}; largest in ${percent(ledger.wins[term])} of resamples.`,
    sql,
  );
}

function edgeEvidence(ledger: DelayLedger, sql: string): Evidence {
  const text = Object.entries(ledger.edges)
    .map(([edge, us]) => `${edge} ${us === null ? 'not measured' : duration(us)}`)
    .join(', ');
  return evidence('delay.edges', true, `Residences that the taps cannot see: ${text}.`, sql);
}
