import { describe, expect, it } from 'vitest';
import { at, CONTROL, incident, LOSS, record } from './fixture.js';
import { judge } from './judge.js';
import type { Seal } from './record.js';

const loss = incident('network', null, 'packet_loss');

describe('a fault that hurts', () => {
  it('is right with one incident at the right place', () => {
    const score = judge(record(true, [loss]), LOSS);
    expect(score).toMatchObject({ result: 'right', cause_right: true, workload: 'keep' });
    expect(score).toMatchObject({ detection_s: 0.5, verdict_s: 2, healthy_s: 10 });
  });

  it('is wrong elsewhere, twice, undetermined or unsaid', () => {
    for (const incidents of [
      [incident('receiver_host', 'b', 'packet_loss')],
      [loss, loss],
      [incident('undetermined', null, 'other')],
      [],
    ])
      expect(judge(record(true, incidents), LOSS).result).toBe('wrong');
  });

  it('is wrong with a verdict from before it, whatever that says', () => {
    const early = { ...loss, timing: { ...loss.timing, verdict_at: at(9.5) } };
    const score = judge(record(true, [early]), LOSS);
    expect(score).toMatchObject({ result: 'wrong', earlier: 1, incidents: 0, domain: null });
  });

  it('tells the right culprit from another, and from none named', () => {
    const seal: Seal = { ...LOSS, label: { ...LOSS.label!, culprit: 'c-p2' } };
    const of = (culprit: string) =>
      judge(record(true, [incident('network', null, 'packet_loss', culprit)]), seal).culprit_right;
    expect(of('flow 10.244.3.12:5302 > 10.244.2.12:5302 (c-p2)')).toBe(true);
    expect(of('flow 10.244.1.12:5302 > 10.244.2.12:5302 (a-p2)')).toBe(false);
    expect(judge(record(true, [loss]), LOSS).culprit_right).toBeNull();
  });
});

it('knows whether both of two faults at once are named', () => {
  const also = { domain: 'receiver_host', host: 'b', layer: 'scheduler', cause: 'x' } as const;
  const of = (second?: { domain: 'network' | 'receiver_host'; host: string | null }) => {
    const alternatives = second ? [{ ...second, cause: 'y', confidence: 0.2 }] : [];
    const verdict = { ...loss.verdict, alternatives } as NonNullable<typeof loss.verdict>;
    return judge(record(true, [{ ...loss, verdict }]), { ...LOSS, also });
  };
  expect(of({ domain: 'receiver_host', host: 'b' })).toMatchObject({ both_named: true });
  expect(of({ domain: 'receiver_host', host: 'c' })).toMatchObject({ both_named: false });
  expect(of()).toMatchObject({ both_named: false, result: 'right' });
  expect(judge(record(true, [loss]), LOSS).both_named).toBeNull();
});

describe('what does not hurt', () => {
  it('is right in silence if it is a control', () => {
    expect(judge(record(false, []), CONTROL)).toMatchObject({ result: 'right', healthy_s: 20 });
    expect(judge(record(false, [loss]), CONTROL).result).toBe('wrong');
  });

  it('says nothing if it was meant to hurt, nor does a control that hurts', () => {
    expect(judge(record(false, [loss]), LOSS).result).toBe('void');
    expect(judge(record(true, []), CONTROL).result).toBe('void');
  });
});
