import { expect, it } from 'vitest';
import type { NftRule, NftRuleset } from '../../common/loader/index.js';
import { droppingRule } from './match.js';

const PACKET = { src: '10.0.0.1', dst: '10.0.1.7', src_port: 40_000, dst_port: 8080, protocol: 6 };
const DROP = { drop: null };

const match = (protocol: string, field: string, right: unknown, op = '==') => ({
  match: { op, left: { payload: { protocol, field } }, right },
});
const rule = (text: string, ...expr: object[]): NftRule => ({
  ...{ family: 'ip', table: 'nv', chain: 'forward', handle: 3, text },
  expr: expr as NftRule['expr'],
});
const ruleset = (...rules: NftRule[]): NftRuleset => ({ chains: [], rules });

it.each([
  ['another port', rule('r', match('tcp', 'dport', 9090), DROP), false],
  ['another protocol', rule('r', match('udp', 'dport', 8080), DROP), false],
  ['a range', rule('r', match('tcp', 'dport', { range: [8000, 8090] }), DROP), true],
  ['what is excepted', rule('r', match('tcp', 'dport', 8080, '!='), DROP), false],
  [
    'a prefix in a set',
    rule('r', match('ip', 'daddr', { set: [{ prefix: { addr: '10.0.1.0', len: 24 } }] }), DROP),
    true,
  ],
  [
    'another prefix',
    rule('r', match('ip', 'saddr', { prefix: { addr: '10.0.1.0', len: 24 } }), DROP),
    false,
  ],
  ['a named set, which is not read', rule('r', match('ip', 'daddr', '@blocked'), DROP), true],
  ['a limit', rule('r', { limit: { rate: 100, per: 'second' } }, DROP), true],
  ['a rule that accepts', rule('r', match('tcp', 'dport', 8080), { accept: null }), false],
  ['a reject', rule('r', match('tcp', 'dport', 8080), { reject: { type: 'tcp reset' } }), true],
])('judges %s', (_, only, may) => {
  expect(droppingRule(ruleset(only), PACKET)).toBe(may ? 'ip nv forward: r' : null);
});

it('names the rule of which most is known to hold, and none where several fit alike', () => {
  const port = rule('port', match('tcp', 'dport', 8080), DROP);
  const host = rule('host', match('tcp', 'dport', 8080), match('ip', 'saddr', '10.0.0.1'), DROP);
  expect(droppingRule(ruleset(port, host), PACKET)).toBe('ip nv forward: host');
  expect(droppingRule(ruleset(port, port), PACKET)).toBeNull();
});

it('names a policy where no rule fits, if there is one only', () => {
  const chain = { family: 'inet', table: 'filter', name: 'input', hook: 'input', policy: 'drop' };
  expect(droppingRule({ chains: [chain], rules: [] }, PACKET)).toBe(
    'inet filter input: policy drop',
  );
  expect(droppingRule({ chains: [chain, chain], rules: [] }, PACKET)).toBeNull();
});
