import type { Fault, Label } from '../faults/index.js';
import type { Provenance } from '../results/provenance.js';
import { ascending, quantile } from '../results/quantile.js';
import { markdownTable } from '../results/save.js';
import type { Score } from './record.js';

/** The scores as a page of Markdown: one row per scenario, then every run. */
export function render(
  scores: readonly Score[],
  faults: readonly Fault[],
  made: Provenance,
): string {
  const rows = faults.map((fault) => {
    const runs = scores.filter((s) => s.scenario === fault.id);
    const counted = runs.filter((s) => s.result !== 'void');
    const labels = [fault.label, fault.also].flatMap((one) => one ?? []);
    return [
      fault.id,
      labels.length === 0 ? 'no incident' : labels.map(named).join(' and '),
      runs.length,
      runs.length - counted.length,
      counted.length,
      counted.filter((s) => s.result === 'right').length,
      counted.filter((s) => s.cause_right).length,
      fault.also ? counted.filter((s) => s.both_named).length : '',
      spread(counted.map((s) => s.detection_s)),
      spread(counted.map((s) => s.verdict_s)),
    ];
  });
  const each = scores.map((s) => [
    s.scenario,
    s.run,
    s.harm ? `${tenths(s.harm.p99_before_ms)} → ${tenths(s.harm.p99_during_ms)}` : '',
    s.harm ? `${s.harm.requests_before} → ${s.harm.requests_during}` : '',
    s.harm ? `${s.harm.failures_before} → ${s.harm.failures_during}` : '',
    s.earlier + s.incidents,
    s.domain === null ? 'no incident' : `${s.domain} ${s.host ?? ''} ${s.cause ?? ''}`,
    s.confidence ?? '',
    s.detection_s ?? '',
    s.verdict_s ?? '',
    s.result,
  ]);
  return [
    '# Verdicts against sealed labels',
    '',
    `Made by \`${made.command}\` on Linux ${made.kernel}. Each run is a fresh testbed, analyzer and agents; harm is the victims' own account (medians of whole seconds, before → between injection and undoing); void: the fault did not hurt, or the control did, so the run counts for nothing; times are from the injection.`,
    '',
    ...markdownTable(
      [
        'scenario',
        'label',
        'runs',
        'void',
        'counted',
        'right',
        'cause right',
        'both named',
        'detection s',
        'verdict s',
      ],
      rows,
    ),
    '',
    '## Every run',
    '',
    ...markdownTable(
      [
        'scenario',
        'run',
        'p99 ms',
        'requests/s',
        'failures',
        'incidents',
        'verdict',
        'confidence',
        'detection s',
        'verdict s',
        'result',
      ],
      each,
    ),
    '',
  ].join('\n');
}

const named = ({ domain, host, cause }: Label): string => `${domain} ${host ?? ''} ${cause}`;

const tenths = (ms: number | null): string => ms?.toFixed(1) ?? 'none done';

/** Median and range of what was measured. */
export function spread(values: readonly (number | null)[]): string {
  const known = ascending(values);
  const middle = quantile(known, 0.5);
  return middle === null ? '' : `${middle} (${known[0]}–${known.at(-1)})`;
}
