/** When a diagnosis becomes a verdict, and when it takes the place of one. */
import { NETWORK_RECORDS } from '../rules/network-records.js';
import type { Case } from './case.js';
import { type Diagnosis, TOLD_SHARE } from './diagnosis.js';
import type { Evidence, Incident, Verdict } from './incident.js';

/** The best diagnosis is published this long after the harm was first proved, even if it is not certain. */
const VERDICT_WITHIN_NS = 3_200_000_000n;
const CERTAIN = 0.7;
/** A changed diagnosis must hold for as many rounds to revise a verdict. */
const REVISE_AFTER = 4;

/** A first verdict when it is certain or due; later the same with more behind it or with a second fault, or another that holds. */
export function isDue(
  { confirmedNs, last, agreeing }: Pick<Case, 'confirmedNs' | 'last' | 'agreeing'>,
  { verdict, evidence }: Incident,
  diagnosis: Diagnosis,
  nowNs: bigint,
): boolean {
  const { domain, confidence } = diagnosis.verdict;
  const determined = domain !== 'undetermined';
  if (verdict === null)
    return (determined && confidence >= CERTAIN) || nowNs - confirmedNs >= VERDICT_WITHIN_NS;
  if (!determined) return false;
  if (last?.key === diagnosis.key)
    return (
      confidence > verdict.confidence ||
      namesAnother(diagnosis.verdict, verdict) ||
      // Switches and routers tell of packets a second or more after they passed.
      (hasRecords(diagnosis.lead.evidence) && !hasRecords(evidence))
    );
  if (verdict.domain === 'undetermined') return agreeing >= 2;
  return agreeing >= REVISE_AFTER && confidence >= CERTAIN;
}

/** A second fault that the published verdict does not name. */
const namesAnother = ({ alternatives }: Verdict, published: Verdict): boolean => {
  const known = [published, ...published.alternatives];
  return alternatives.some(
    (one) =>
      one.domain !== 'undetermined' &&
      (one.share ?? 0) >= TOLD_SHARE &&
      !known.some(({ domain, host }) => domain === one.domain && host === one.host),
  );
};

const hasRecords = (evidence: readonly Evidence[]): boolean =>
  evidence.some(({ id }) => id === NETWORK_RECORDS);
