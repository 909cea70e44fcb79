import { expect, it } from 'vitest';
import { parseFlow } from './flow.js';

const FLOW = { src: '10.0.1.2', src_port: 40000, dst: '10.0.2.2', dst_port: 8000 };

it.each([
  '10.0.1.2:40000>10.0.2.2:8000',
  '10.0.1.2:40000 -> 10.0.2.2:8000',
  '10.0.1.2:40000→10.0.2.2:8000',
])('%s is a flow', (text) => expect(parseFlow(text)).toEqual(FLOW));

it('takes IPv6 in brackets', () => {
  expect(parseFlow('[fd00::1]:1>[fd00::2]:2')).toMatchObject({ src: 'fd00::1', dst_port: 2 });
});

it.each([
  '',
  'pod',
  '10.0.1.2:40000',
  '10.0.1.2>10.0.2.2:80',
  '10.0.1.2:1>10.0.2.2:70000',
  'fd00::1:1>fd00::2:2',
  'a:1>b:2',
  '10.0.1.2:1>10.0.2.2:2>10.0.3.2:3',
])('quotes "%s", which is none', (text) =>
  expect(() => parseFlow(text)).toThrow(`"${text}" is no flow`),
);
