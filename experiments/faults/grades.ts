import type { Fault, Strength } from './fault.js';

interface Scale extends Omit<Strength, 'value'> {
  /** From slight to severe. */
  readonly values: readonly [number, number, number, ...number[]];
  /** That of the demo and of `experiment run`. */
  readonly usual: number;
}

/** A fault of several strengths: itself at the usual one, and with all of them as its grades. */
export function graded(
  { values, usual, ...strength }: Scale,
  make: (value: number) => Fault,
): Fault {
  const at = (value: number): Fault => ({ ...make(value), strength: { ...strength, value } });
  return { ...at(usual), grades: values.map(at) };
}

/** At every strength that it has. */
export const gradesOf = (fault: Fault): readonly Fault[] => fault.grades ?? [fault];
