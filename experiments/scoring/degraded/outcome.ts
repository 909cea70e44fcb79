/** What became of a verdict in each mode, run by run and over all runs. */
import { mean } from '../../../analyzer/ledgers/statistics.js';
import type { Score } from '../record.js';

/** A wrong verdict misleads; one that says that it cannot tell, or none, does not. */
export type Outcome = 'right' | 'wrong' | 'undetermined' | 'silent';

export interface Degraded {
  readonly run: number;
  readonly scenario: string;
  readonly mode: string;
  /** null: a healthy control, of which silence is right. */
  readonly label: Score['label'];
  readonly outcome: Outcome;
  readonly domain: string | null;
  readonly host: string | null;
  readonly cause: string | null;
  readonly confidence: number | null;
  readonly cause_right: boolean;
  readonly incidents: number;
}

export function degradedOf(mode: string, score: Score): Degraded {
  const { run, scenario, label, domain, host, cause, confidence, cause_right } = score;
  const incidents = score.incidents + score.earlier;
  return {
    ...{ run, scenario, mode, label, domain, host, cause, confidence, cause_right, incidents },
    outcome: outcomeOf(score),
  };
}

function outcomeOf({ result, incidents, earlier, domain }: Score): Outcome {
  if (result === 'right') return 'right';
  if (incidents + earlier === 0) return 'silent';
  return earlier === 0 && (domain === null || domain === 'undetermined') ? 'undetermined' : 'wrong';
}

export interface ModeSummary {
  readonly mode: string;
  readonly runs: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly cause_right: number;
  /** Runs whose place and cause are as they were with nothing missing. */
  readonly unchanged: number;
  readonly confidence_right: number | null;
  readonly confidence_wrong: number | null;
  readonly controls: number;
  readonly false_verdicts: number;
}

export function summaryOf(
  mode: string,
  all: readonly Degraded[],
  whole: readonly Degraded[],
): ModeSummary {
  const own = all.filter((one) => one.mode === mode);
  const faults = own.filter(({ label }) => label !== null);
  const controls = own.filter(({ label }) => label === null);
  const count = (outcome: Outcome): number => faults.filter((f) => f.outcome === outcome).length;
  const confidence = (outcome: Outcome): number | null => {
    const known = faults.flatMap((f) => (f.outcome === outcome ? (f.confidence ?? []) : []));
    return known.length === 0 ? null : mean(known);
  };
  const said = ({ domain, host, cause }: Degraded): string => `${domain} ${host} ${cause}`;
  const before = new Map(whole.map((one) => [one.run, said(one)]));
  return {
    mode,
    runs: faults.length,
    outcomes: {
      right: count('right'),
      wrong: count('wrong'),
      undetermined: count('undetermined'),
      silent: count('silent'),
    },
    cause_right: faults.filter((f) => f.cause_right).length,
    unchanged: own.filter((one) => before.get(one.run) === said(one)).length,
    confidence_right: confidence('right'),
    confidence_wrong: confidence('wrong'),
    controls: controls.length,
    false_verdicts: controls.filter(({ outcome }) => outcome !== 'right').length,
  };
}
