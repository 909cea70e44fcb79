import { expect, it } from 'vitest';
import { type Alert, triggersOf } from './triggers.js';

const VICTIM = { src: '10.1.0.2', dst: '10.2.0.2', dst_port: 80 };

const alert = (after_s: number, given: Partial<Alert> = {}): Alert => ({
  ...VICTIM,
  src_port: 40000,
  kind: 'rtt_shift',
  source: 'push',
  after_s,
  ...given,
});

it('takes the first alert of the victim’s connection, in either direction, while the fault lasted', () => {
  const answers = { src: VICTIM.dst, dst: VICTIM.src, src_port: 80, dst_port: 40000 };
  const alerts = [
    alert(-1.5),
    alert(0.2, { dst_port: 81 }),
    alert(0.4, { ...answers, kind: 'rto' }),
    alert(0.9),
    alert(3.1, { source: 'pull', kind: 'rtt_drift' }),
    alert(3.5),
    alert(12, { kind: 'reset' }),
  ];
  expect(triggersOf(alerts, [VICTIM], 10)).toEqual({
    first_kind: 'rto',
    first_s: 0.4,
    kinds: { rto: 0.4, rtt_shift: 0.9, rtt_drift: 3.1 },
    push_s: 0.4,
    pull_s: 3.1,
    before: 1,
  });
});

it('says that nobody was named', () => {
  const alerts = [alert(-6), alert(1, { src: '10.9.9.9' }), alert(11)];
  expect(triggersOf(alerts, [VICTIM], 10)).toMatchObject({
    first_kind: null,
    kinds: {},
    before: 0,
  });
  expect(triggersOf([alert(1)], [], 10).first_s).toBeNull();
  expect(triggersOf([alert(1)], null, 10).first_s).toBe(1);
});
