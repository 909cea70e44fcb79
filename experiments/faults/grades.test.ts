import { describe, expect, it } from 'vitest';
import { FAULTS, SET_ASIDE } from './index.js';

const GRADED = [...FAULTS, ...SET_ASIDE].filter(({ grades }) => grades !== undefined);

describe.each(GRADED)('$id', ({ id, title, label, strength, grades = [] }) => {
  const values = grades.map((grade) => grade.strength?.value ?? NaN);

  it('goes one way from slight to severe, in three steps or more', () => {
    const rising = [...values].sort((x, y) => x - y);
    expect(values.length).toBeGreaterThanOrEqual(3);
    expect([rising, rising.toReversed()]).toContainEqual(values);
  });

  it('is, as it is run alone, one of them', () => {
    expect(values.filter((value) => value === strength?.value)).toHaveLength(1);
    expect(grades.map((grade) => grade.title)).toContain(title);
  });

  it('stays the same fault', () => {
    for (const grade of grades) expect(grade).toMatchObject({ id, label });
  });
});
