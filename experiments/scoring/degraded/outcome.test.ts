import { expect, it } from 'vitest';
import { CONTROL, incident, LOSS, record } from '../fixture.js';
import { judge } from '../judge.js';
import type { Incident } from '../../../analyzer/incidents/incident.js';
import { degradedOf, summaryOf } from './outcome.js';

const of = (mode: string, run: number, incidents: readonly Incident[]) =>
  degradedOf(mode, judge({ ...record(true, incidents), run }, LOSS));
const loss = incident('network', null, 'packet_loss');
const blamed = incident('receiver_host', 'b', 'other');
const unsure = incident('undetermined', null, 'other');

it('tells a wrong verdict from one that says that it cannot tell, and from none', () => {
  const said = [[loss], [blamed], [unsure], [], [loss, blamed]].map((i) => of('x', 1, i).outcome);
  expect(said).toEqual(['right', 'wrong', 'undetermined', 'silent', 'wrong']);
});

it('counts over the runs of a mode, and against nothing missing', () => {
  const whole = [of('whole', 1, [loss]), of('whole', 2, [loss])];
  const control = degradedOf('x', judge({ ...record(false, [loss]), run: 3 }, CONTROL));
  const all = [...whole, of('x', 1, [loss]), of('x', 2, [unsure]), control];
  expect(summaryOf('x', all, whole)).toMatchObject({
    ...{ runs: 2, cause_right: 1, unchanged: 1, controls: 1, false_verdicts: 1 },
    outcomes: { right: 1, wrong: 0, undetermined: 1, silent: 0 },
    confidence_right: 0.9,
    confidence_wrong: null,
  });
});
