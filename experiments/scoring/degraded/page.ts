/** How verdicts degrade, as a page of Markdown. */
import type { Provenance } from '../../results/provenance.js';
import { markdownTable } from '../../results/save.js';
import { MODES } from './modes.js';
import type { Degraded, ModeSummary } from './outcome.js';

export function renderDegraded(
  modes: readonly ModeSummary[],
  outcomes: readonly Degraded[],
  made: Provenance,
): string {
  return [
    '# Verdicts with agents missing, records lost and clocks off',
    '',
    `Made by \`${made.command}\` at ${made.commit ?? 'no commit'}. Recorded runs of the fault matrix came before the verdict engine again, each in every mode; what is missing is taken from the records, and the analyzer is not told. Runs that hurt nobody are left out. How it is done: [method.md](../method.md).`,
    '',
    ...markdownTable(
      [
        'mode',
        'runs',
        'right',
        'wrong',
        'undetermined',
        'silent',
        'cause right',
        'confidence when right',
        'when wrong',
        'controls',
        'false verdicts',
        'place and cause unchanged',
      ],
      modes.map((m) => [
        titleOf(m.mode),
        m.runs,
        m.outcomes.right,
        m.outcomes.wrong,
        m.outcomes.undetermined,
        m.outcomes.silent,
        m.cause_right,
        decimals(m.confidence_right),
        decimals(m.confidence_wrong),
        m.controls,
        m.false_verdicts,
        `${m.unchanged} of ${m.runs + m.controls}`,
      ]),
    ),
    '',
    '## What was wrong',
    '',
    ...wrongOnes(outcomes),
    '',
  ].join('\n');
}

const titleOf = (mode: string): string => MODES.find(({ id }) => id === mode)?.title ?? mode;

const decimals = (value: number | null): string => (value === null ? '' : value.toFixed(2));

function wrongOnes(outcomes: readonly Degraded[]): string[] {
  const wrong = outcomes.filter(
    ({ outcome, label }) => outcome === 'wrong' || (label === null && outcome !== 'right'),
  );
  if (wrong.length === 0) return ['None.'];
  return markdownTable(
    ['run', 'fault', 'mode', 'was', 'said', 'incidents', 'confidence'],
    wrong.map((one) => [
      one.run,
      one.scenario,
      one.mode,
      one.label ? `${one.label.domain} ${one.label.host ?? ''} ${one.label.cause}` : 'healthy',
      one.domain === null ? 'no verdict' : `${one.domain} ${one.host ?? ''} ${one.cause ?? ''}`,
      one.incidents,
      one.confidence ?? '',
    ]),
  );
}
