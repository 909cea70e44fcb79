/** Down to which strength a fault is noticed, and down to which it is rightly told. */
import { faultById, gradesOf, type Strength } from '../../faults/index.js';
import type { Score } from '../record.js';

export interface Floor extends Omit<Strength, 'value'> {
  readonly fault: string;
  /** From slight to severe, those that were run. */
  readonly grades: readonly Grade[];
  /** The slightest from which on every run that hurt had an incident; null: not even the most severe. */
  readonly detected_from: number | null;
  readonly right_from: number | null;
}

interface Grade {
  readonly value: number;
  readonly runs: number;
  readonly hurt: number;
  /** Of those that hurt. */
  readonly detected: number;
  readonly right: number;
}

/** Of the faults that have strengths. */
export function floors(scores: readonly Score[]): Floor[] {
  const ids = new Set(scores.flatMap((s) => (s.strength ? [s.scenario] : [])));
  return [...ids].sort().flatMap((fault) => {
    const of = scores.filter((s) => s.scenario === fault);
    const strength = of[0]?.strength;
    if (!strength) return [];
    const grades = valuesOf(fault).flatMap((value) => gradeOf(of, value));
    return {
      fault,
      what: strength.what,
      unit: strength.unit,
      grades,
      detected_from: from(grades, (runs) => runs.detected === runs.hurt),
      right_from: from(grades, (runs) => runs.right === runs.hurt),
    };
  });
}

const STEPS = ['slight', 'middle', 'severe'] as const;

/** The first of its strengths is slight, the last severe. */
export function gradeNameOf({ scenario, strength }: Score): string {
  if (strength === null) return 'has none';
  const values = valuesOf(scenario);
  const index = values.indexOf(strength.value);
  return STEPS[index === 0 ? 0 : index === values.length - 1 ? 2 : 1];
}

const valuesOf = (scenario: string): number[] =>
  gradesOf(faultById(scenario)).flatMap(({ strength }) => strength?.value ?? []);

function gradeOf(scores: readonly Score[], value: number): Grade[] {
  const of = scores.filter((s) => s.strength?.value === value);
  if (of.length === 0) return [];
  const hurt = of.filter((s) => s.result !== 'void');
  return [
    {
      value,
      runs: of.length,
      hurt: hurt.length,
      detected: hurt.filter((s) => s.incidents > 0).length,
      right: hurt.filter((s) => s.result === 'right').length,
    },
  ];
}

/** Those that hurt nobody tell nothing. */
function from(grades: readonly Grade[], holds: (grade: Grade) => boolean): number | null {
  const felt = grades.filter(({ hurt }) => hurt > 0);
  const firstGood = felt.findLastIndex((grade) => !holds(grade)) + 1;
  return felt[firstGood]?.value ?? null;
}
