import type { Fault } from '../faults/index.js';
import type { Provenance } from '../results/provenance.js';
import { markdownTable } from '../results/save.js';
import type { Score } from './record.js';
import { spread } from './table.js';
import { WITHIN_S } from './triggers.js';

/** What raised an alert, as a page of Markdown: one row per fault, then the controls, then every run. */
export function renderTriggers(
  scores: readonly Score[],
  faults: readonly Fault[],
  made: Provenance,
): string {
  const counted = (fault: Fault): Score[] =>
    scores.filter((s) => s.scenario === fault.id && s.result !== 'void');
  const found = faults
    .filter((f) => f.label !== null)
    .map((fault) => {
      const runs = counted(fault);
      const first = runs.map((s) => s.triggers.first_s);
      return [
        fault.id,
        runs.length,
        share(first),
        spread(first),
        kindsOf(runs),
        share(runs.map((s) => s.triggers.push_s)),
        share(runs.map((s) => s.triggers.pull_s)),
        runs.filter((s) => s.triggers.before > 0).length,
      ];
    });
  const controls = faults
    .filter((f) => f.label === null)
    .map((fault) => {
      const runs = counted(fault);
      const alerted = runs.filter((s) => s.triggers.first_s !== null).length;
      return [fault.id, runs.length, alerted, kindsOf(runs)];
    });
  const each = scores.map(({ scenario, run, result, triggers }) => [
    scenario,
    run,
    result,
    Object.entries(triggers.kinds)
      .map(([kind, s]) => `${kind} ${s}`)
      .join(', ') || 'none',
    triggers.before,
  ]);
  return [
    '# Triggers: recall and time',
    '',
    `Made by \`${made.command}\` on Linux ${made.kernel}. Recall: share of the runs that hurt in which an alert named a victim's flow within ${WITHIN_S} s of the injection; times are from the injection, median and range of the first alert; push: found in the kernel, pull: by a sweep; before: runs with such an alert in the last ${WITHIN_S} s of health too, so that chance is known. An alert is a suspicion, not a verdict.`,
    '',
    ...markdownTable(
      ['fault', 'runs', 'recall', 'time to trigger s', 'first kind', 'push', 'pull', 'before'],
      found,
    ),
    '',
    ...(controls.length > 0
      ? [...markdownTable(['control', 'runs', 'runs with an alert', 'first kind'], controls), '']
      : []),
    '## Every run',
    '',
    ...markdownTable(['scenario', 'run', 'result', 'first of each kind, s', 'before'], each),
    '',
  ].join('\n');
}

function share(first: readonly (number | null)[]): string {
  const soon = first.filter((s) => s !== null && s <= WITHIN_S).length;
  return `${soon} of ${first.length}`;
}

function kindsOf(runs: readonly Score[]): string {
  const counts = new Map<string, number>();
  for (const { triggers } of runs)
    if (triggers.first_kind !== null)
      counts.set(triggers.first_kind, (counts.get(triggers.first_kind) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([kind, count]) => `${kind} ${count}`)
    .join(', ');
}
