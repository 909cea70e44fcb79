import type { Fault } from '../faults/index.js';
import type { Score } from './score.js';

/** The scores as a page of Markdown: one row per scenario, then every run. */
export function render(
  scores: readonly Score[],
  faults: readonly Fault[],
  made: { readonly kernel: string; readonly command: string },
): string {
  const rows = faults.map((fault) => {
    const runs = scores.filter((s) => s.scenario === fault.id);
    const label = fault.label;
    return [
      fault.id,
      label === null ? 'no incident' : `${label.domain} ${label.host ?? ''} ${label.cause}`,
      runs.length,
      runs.filter((s) => s.hurt).length,
      runs.filter((s) => s.right).length,
      runs.filter((s) => s.cause_right).length,
      spread(runs.map((s) => s.detection_s)),
      spread(runs.map((s) => s.verdict_s)),
    ];
  });
  const each = scores.map((s) => [
    s.scenario,
    s.run,
    `${s.harm.p99_before_ms.toFixed(1)} → ${s.harm.p99_during_ms.toFixed(1)}`,
    `${s.harm.requests_before.toFixed(0)} → ${s.harm.requests_during.toFixed(0)}`,
    s.incidents,
    s.domain === null ? 'no incident' : `${s.domain} ${s.host ?? ''} ${s.cause ?? ''}`,
    s.confidence ?? '',
    s.detection_s ?? '',
    s.verdict_s ?? '',
    s.right ? 'yes' : 'no',
  ]);
  return [
    '# Verdicts against sealed labels',
    '',
    `Made by \`npx tsx experiments/scoring/score.ts ${made.command}\` on Linux ${made.kernel}. Each run is a fresh testbed, analyzer and agents; harm is the clients' own account; times are from the injection.`,
    '',
    ...markdown(
      ['scenario', 'label', 'runs', 'hurt', 'right', 'cause right', 'detection s', 'verdict s'],
      rows,
    ),
    '',
    '## Every run',
    '',
    ...markdown(
      [
        'scenario',
        'run',
        'p99 ms',
        'requests/s',
        'incidents',
        'verdict',
        'confidence',
        'detection s',
        'verdict s',
        'right',
      ],
      each,
    ),
    '',
  ].join('\n');
}

/** Median and range of what was measured. */
function spread(values: readonly (number | null)[]): string {
  const known = values.filter((v) => v !== null).sort((a, b) => a - b);
  const middle = known[Math.floor(known.length / 2)];
  return middle === undefined ? '' : `${middle} (${known[0]}–${known.at(-1)})`;
}

function markdown(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string[] {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
