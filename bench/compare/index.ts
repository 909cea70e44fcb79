/** What changed from one set of results to another, beyond what chance does. */
import { readFileSync } from 'node:fs';
import { ascending, quantile } from '../../experiments/results/quantile.js';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import type { Spread } from '../harness/spread.js';
import { type ByRun, type Figure, figuresOf } from './figures.js';
import { chanceOfPairs, chanceOfSpreads, type Pairs, pairsOf } from './noise.js';

export interface Change {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly verdict: 'worse' | 'better' | 'same';
  /** How often chance alone does as much; null for a figure that was measured once. */
  readonly chance: number | null;
  /** Of runs that both have: those that were right and are not, by chance or not. */
  readonly worse?: readonly string[];
}

export interface Comparison {
  readonly changes: readonly Change[];
  /** Why the two might differ by more than the code. */
  readonly notes: readonly string[];
}

export interface Rules {
  /** That any figure at all is called changed though nothing did; each has an equal share of it. */
  readonly falseAlarm: number;
  /** By how much of itself a figure without an interval may change. */
  readonly tolerance: number;
}

const RULES: Rules = { falseAlarm: 0.05, tolerance: 0.25 };

export function compareFiles(before: string, after: string, rules = RULES): Comparison {
  const [a, b] = [saved(before), saved(after)];
  const comparison = compare(a, b, rules);
  if (comparison.changes.length > 0) return comparison;
  throw new NetverdictError('NV_USAGE', `${before} and ${after} have no figure in common`);
}

export function compare(before: unknown, after: unknown, rules = RULES): Comparison {
  const old = new Map(figuresOf(before).map((figure) => [figure.name, figure]));
  const both = figuresOf(after).flatMap((figure): [Figure, Figure][] => {
    const known = old.get(figure.name);
    return known && haveCommon(known.of, figure.of) ? [[known, figure]] : [];
  });
  const chance = rules.falseAlarm / Math.max(1, both.length);
  return {
    changes: both.map(([a, b]) => changeOf(a, b, { ...rules, falseAlarm: chance })),
    notes: notesOf(before, after),
  };
}

function changeOf(before: Figure, after: Figure, rules: Rules): Change {
  const { name, better } = before;
  const { by, isChange, ...change } = differenceOf(before, after, rules);
  const isBetter = by > 0 === (better === 'higher');
  return {
    name,
    ...change,
    verdict: !isChange || by === 0 ? 'same' : isBetter ? 'better' : 'worse',
  };
}

interface Difference extends Omit<Change, 'name' | 'verdict'> {
  /** Above 0: more than before. */
  readonly by: number;
  readonly isChange: boolean;
}

function differenceOf({ better, of: a }: Figure, { of: b }: Figure, rules: Rules): Difference {
  if (isByRun(a) && isByRun(b)) return ofRuns(a, b, better, rules);
  if (isSpread(a) && isSpread(b)) {
    const chance = chanceOfSpreads(a, b);
    return {
      ...{ before: spreadText(a), after: spreadText(b), chance },
      ...{ by: b.median - a.median, isChange: chance < rules.falseAlarm },
    };
  }
  const [from, to] = [numberOf(a), numberOf(b)];
  return {
    ...{ before: text(from), after: text(to), chance: null },
    ...{ by: to - from, isChange: Math.abs(to - from) > rules.tolerance * Math.abs(from) },
  };
}

function ofRuns(a: ByRun, b: ByRun, better: Figure['better'], rules: Rules): Difference {
  const pairs = pairsOf(a, b);
  const chance = chanceOfPairs(pairs);
  return {
    ...{ before: runsText(a, pairs), after: runsText(b, pairs), chance },
    ...{ by: pairs.grown.length - pairs.fallen.length, isChange: chance < rules.falseAlarm },
    ...(better === 'higher' && { worse: pairs.fallen }),
  };
}

const haveCommon = (a: Figure['of'], b: Figure['of']): boolean =>
  !isByRun(a) || !isByRun(b) || pairsOf(a, b).runs.length > 0;

const isByRun = (of: Figure['of']): of is ByRun => of instanceof Map;
const isSpread = (of: Figure['of']): of is Spread => typeof of === 'object' && !isByRun(of);
const numberOf = (of: Figure['of']): number => (isSpread(of) ? of.median : (of as number));

const text = (value: number): string => String(Number(value.toPrecision(4)));

const spreadText = ({ median, low, high, count }: Spread): string =>
  `${text(median)} (${text(low)} to ${text(high)}, ${count})`;

/** Of runs that both have. */
function runsText(of: ByRun, { runs }: Pairs): string {
  const values = runs.flatMap((run) => of.get(run) ?? []);
  if (values.every((value) => value === 0 || value === 1))
    return `${values.filter((value) => value === 1).length} of ${values.length}`;
  return `${text(quantile(ascending(values), 0.5) ?? NaN)} median of ${values.length}`;
}

function saved(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new NetverdictError(
      'NV_USAGE',
      `${file} holds no results: a .json of bench or experiment`,
      {
        cause,
      },
    );
  }
}

/** Where they were measured, and how long, is not the code's doing. */
function notesOf(before: unknown, after: unknown): string[] {
  const [a, b] = [provenanceOf(before), provenanceOf(after)];
  return Object.keys(a).flatMap((key) =>
    a[key] === b[key] ? [] : [`another ${key}: ${a[key]}, then ${b[key]}`],
  );
}

function provenanceOf(results: unknown): Record<string, string> {
  const { made, plan } = results as { made?: Record<string, unknown>; plan?: unknown };
  const { kernel, cpu, cpus } = made ?? {};
  return {
    ...(made && { kernel: String(kernel), processor: `${String(cpus)} × ${String(cpu)}` }),
    ...(plan !== undefined && { plan: JSON.stringify(plan) }),
  };
}
