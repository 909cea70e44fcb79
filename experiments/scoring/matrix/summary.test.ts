import { describe, expect, it } from 'vitest';
import { CONTROL, incident, LOSS, record } from '../fixture.js';
import { judge } from '../judge.js';
import type { Score, Seal } from '../record.js';
import { shareOf } from './interval.js';
import { summarize } from './summary.js';

const at = (value: number): Seal => ({
  ...LOSS,
  strength: { what: 'packets lost', unit: '%', value },
});
const MICROBURST: Seal = {
  ...LOSS,
  scenario: 'microburst',
  strength: null,
  label: { domain: 'network', host: null, layer: 'path', cause: 'microburst' },
};
const loss = incident('network', null, 'packet_loss');
const pod = incident('receiver_host', 'b', 'app_limited');
const run = (seal: Seal, ...incidents: (typeof loss)[]): Score =>
  judge(record(true, incidents), seal);
const quiet = (seal: Seal, ...incidents: (typeof loss)[]): Score =>
  judge(record(false, incidents), seal);

describe('a summary', () => {
  it('counts what hurt, abstention as wrong, and what hurt nobody apart', () => {
    const abstained = run(LOSS, incident('undetermined', null, 'other'));
    const { domain, health } = summarize([run(LOSS, loss), abstained, quiet(LOSS, loss)]);
    expect(domain).toMatchObject({ runs: 2, right: 1 });
    expect(health).toMatchObject({ unfelt: 1, unfelt_with_incident: 1, false_verdicts: 0 });
  });

  it('reports what was set aside apart', () => {
    const { domain, set_aside } = summarize([
      run(LOSS, loss),
      run({ ...LOSS, set_aside: true }, pod),
    ]);
    expect([domain.runs, domain.right]).toEqual([1, 1]);
    expect([set_aside.domain.runs, set_aside.domain.right]).toEqual([1, 0]);
  });

  it('counts false verdicts in windows of health, those of faulty runs included', () => {
    const { health } = summarize([run(LOSS, loss), quiet(CONTROL), quiet(CONTROL, pod)]);
    expect(health).toMatchObject({ windows: 2 + 4 + 4, controls: 2, false_verdicts: 1 });
  });

  it('tells what was taken for what', () => {
    const { confusion, look_alikes } = summarize([
      run(LOSS, loss),
      run(MICROBURST, loss),
      run(MICROBURST),
    ]);
    expect(confusion.cause['microburst']).toEqual({ packet_loss: 1, 'no verdict': 1 });
    expect(confusion.domain['network']).toEqual({ network: 2, 'no incident': 1 });
    expect(look_alikes).toMatchObject([
      { pair: ['packet_loss', 'microburst'], right: { runs: 3, right: 2 }, taken_for_other: 1 },
    ]);
  });

  it('finds the slightest strength from which on a fault is noticed, and rightly told', () => {
    const { floors } = summarize([quiet(at(0.5)), run(at(3), pod), run(at(10), loss)]);
    expect(floors).toMatchObject([{ detected_from: 3, right_from: 10 }]);
    expect(summarize([run(at(3), loss), run(at(10))]).floors).toMatchObject([
      { detected_from: null, right_from: null },
    ]);
  });

  it('is the same from the same runs', () => {
    const runs = [run(LOSS, loss), run(LOSS, pod), run(MICROBURST, loss)];
    expect(summarize(runs)).toEqual(summarize(runs));
  });
});

describe('an interval', () => {
  it('narrows with the runs, and claims nothing from few that agree', () => {
    const width = (n: number): number => {
      const { low, high } = shareOf(Array.from({ length: n }, (_, i) => i % 4 > 0));
      return (high ?? 0) - (low ?? 0);
    };
    expect(width(400)).toBeLessThan(width(40));
    expect(shareOf([true, true]).low).toBeCloseTo(0.158, 3);
    expect(shareOf(Array.from({ length: 100 }, () => true)).low).toBeGreaterThan(0.96);
    expect(shareOf([])).toMatchObject({ share: null, low: null });
  });
});
