import { expect, it } from 'vitest';
import { CONTROL, incident, LOSS, record } from '../fixture.js';
import { judge } from '../judge.js';
import type { Seal } from '../record.js';
import { versus } from './versus.js';

const SERVER: Seal = {
  ...LOSS,
  label: { domain: 'sender_host', host: 'b', layer: 'application', cause: 'app_limited' },
};

it('holds every method to the place alone, and to silence in health', () => {
  const pod = incident('receiver_host', 'b', 'app_limited');
  const hurt = judge(record(true, [pod]), SERVER);
  const well = judge(record(false, []), CONTROL);
  const methods = versus([
    { score: hurt, places: { always_network: 'network', single_end: 'b' } },
    { score: well, places: { always_network: 'network', single_end: null } },
  ]);
  const of = (id: string): unknown => {
    const method = methods.find((m) => m.id === id);
    return [method?.place.right, method?.silence.right];
  };
  expect(of('netverdict')).toEqual([1, 1]);
  expect(of('always_network')).toEqual([0, 0]);
  expect(of('single_end')).toEqual([1, 1]);
});
