/** What the scored runs say, with the sealed labels, which stand on the page beside the data. */
import { type Saved, savedJson } from './figure.js';

export interface Run {
  readonly scenario: string;
  readonly result: 'right' | 'wrong' | 'void';
  /** Incidents while nothing was wrong yet; their verdicts are not kept. */
  readonly earlier: number;
  /** Of the verdict; null without an incident. */
  readonly domain: string | null;
  readonly verdict_s: number | null;
}

export interface LabelledRun extends Run {
  /** null: nothing was wrong. */
  readonly label: string | null;
}

/** Those that count. */
export function scoredRuns(saved: Saved): LabelledRun[] {
  const labels = labelsOf(saved('verdicts-all.md'));
  return savedJson<Run[]>(saved, 'verdicts-all.json')
    .filter(({ result }) => result !== 'void')
    .map((run) => {
      const label = labels.get(run.scenario);
      if (label === undefined) throw new Error(`no label of ${run.scenario} in verdicts-all.md`);
      return { ...run, label: label === 'no incident' ? null : (label.split(' ')[0] ?? '') };
    });
}

/** Of the page's first table, whose rows begin with a scenario and its label. */
function labelsOf(page: string): Map<string, string> {
  const labels = new Map<string, string>();
  for (const line of page.split('\n')) {
    const [, scenario, label] = line.split('|').map((cell) => cell.trim());
    if (scenario && label && !labels.has(scenario)) labels.set(scenario, label);
  }
  return labels;
}
