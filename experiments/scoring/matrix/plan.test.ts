import { describe, expect, it } from 'vitest';
import { type Fault, FAULTS, gradesOf } from '../../faults/index.js';
import { planRuns } from './plan.js';

const FAULTY = FAULTS.filter(({ label }) => label !== null);
const CONTROLS = FAULTS.filter(({ label }) => label === null);
const KINDS = ['short', 'stream'] as const;
const plan = (seed: number) =>
  planRuns(seed, FAULTY, CONTROLS, (fault) => (fault.cast ? [] : KINDS));
const ids = (faults: readonly Fault[]): Set<string> => new Set(faults.map(({ id }) => id));

describe('a plan', () => {
  it('follows from its seed alone', () => {
    expect(plan(7)).toEqual(plan(7));
    expect(plan(8)).not.toEqual(plan(7));
  });

  it('has every fault at every strength once', () => {
    const cells = FAULTY.flatMap((f) =>
      gradesOf(f).map((g) => `${g.id} ${g.strength?.value ?? null}`),
    );
    const planned = plan(7)
      .filter(({ scenario }) => ids(FAULTY).has(scenario))
      .map(({ scenario, strength }) => `${scenario} ${strength}`);
    expect(planned.sort()).toEqual(cells.sort());
  });

  it('is balanced wherever it ends', () => {
    const first = plan(7)
      .filter(({ scenario }) => ids(FAULTY).has(scenario))
      .slice(0, FAULTY.length);
    expect(new Set(first.map(({ scenario }) => scenario))).toEqual(ids(FAULTY));
    const controls = plan(7)
      .slice(0, 16)
      .filter(({ scenario }) => ids(CONTROLS).has(scenario));
    expect(controls).toHaveLength(4);
  });

  it('varies the traffic where the fault leaves it open', () => {
    const traffic = new Map(plan(7).map((run) => [run.scenario, run.traffic]));
    expect(new Set(traffic.values())).toEqual(new Set([null, ...KINDS]));
    for (const fault of FAULTS.filter((f) => 'cast' in f)) expect(traffic.get(fault.id)).toBeNull();
  });

  it('gives every host every part', () => {
    const asking = new Set(plan(7).map(({ roles }) => roles.hosts.a));
    expect([...asking].sort()).toEqual(['a', 'b', 'c']);
    for (const { roles } of plan(7))
      expect(Object.values(roles.hosts).sort()).toEqual(['a', 'b', 'c']);
  });
});
