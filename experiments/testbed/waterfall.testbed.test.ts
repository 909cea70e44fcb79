import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Waterfall, WaterfallStep } from '../../analyzer/incidents/waterfall.js';
import { artifact } from '../../primitives/common/artifacts.js';
import { ANSWER_BYTES, REQUEST_BYTES } from '../workloads/character/protocol.js';
import { type Trace, type TracedBed, tracedBed } from './fixture/traced-bed.js';

const TRACED_S = 2;

let bed: TracedBed;
beforeAll(async () => {
  bed = await tracedBed({ id: 'waterfall' }, 'rpc', 40);
});
afterAll(() => bed.remove());

async function trace(flow: string, ...more: string[]): Promise<string> {
  const seconds = ['--seconds', String(TRACED_S)];
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...['--import', 'tsx', artifact('cli/main.ts'), 'trace', flow],
    ...['--analyzer', bed.analyzer, ...seconds, ...more],
  ]);
  return stdout;
}

const nameOf = ({ ack, probe, pod }: WaterfallStep): string =>
  [ack ? 'ack' : '', probe === 'napi_receive' ? 'netif_rx' : probe, pod ?? '']
    .filter((part) => part !== '')
    .join(' ');
const legOf = ({ steps }: Waterfall, leg: WaterfallStep['leg']): string[] =>
  steps.filter((step) => step.leg === leg).map(nameOf);

describe.each([
  { way: 'a request', bytes: REQUEST_BYTES, from: 'a', to: 'b' } as const,
  { way: 'a part of an answer', bytes: ANSWER_BYTES, from: 'b', to: 'a' } as const,
])('of an unloaded path, $way', ({ bytes, from, to }) => {
  let found: Trace;
  beforeAll(async () => {
    const flow = from === 'a' ? `${bed.client}>${bed.service}` : `${bed.service}>${bed.client}`;
    found = JSON.parse(await trace(flow, '--json', '--packets', '40')) as Trace;
  });

  it('is joined over both hosts, each one', () => {
    expect(found.sampled).toBeGreaterThan(20);
    expect({ joined: found.joined, left_out: found.left_out }).toEqual({
      joined: found.sampled,
      left_out: 0,
    });
  });

  it('has its steps in the order of its path', () => {
    const [sender, receiver] = [bed.testbed.pod(from, 1).netns, bed.testbed.pod(to, 1).netns];
    const whole = found.waterfalls.filter(({ end }) => end === 'acknowledged');
    // The tracing of a host may end while an acknowledgement is under way.
    expect(found.waterfalls.length - whole.length).toBeLessThan(3);
    for (const waterfall of whole) {
      const { steps } = waterfall;
      const out = legOf(waterfall, 'out').filter((step) => !step.startsWith('send'));
      expect(out.filter((step) => step !== 'qdisc_enqueue')).toEqual([
        ...[`tap ${sender}`, 'tap', 'dev_xmit'],
      ]);
      const arrival = legOf(waterfall, 'in').filter((step) => !step.startsWith('ack'));
      expect(arrival.slice(0, 4)).toEqual([
        ...['netif_rx', 'tap', `tap ${receiver}`, `data_ready ${receiver}`],
      ]);
      expect(legOf(waterfall, 'back')[0]).toBe('ack netif_rx');
      expect(new Set(steps.map(({ leg, host }) => `${leg} ${host}`))).toEqual(
        new Set([`out ${from}`, `in ${to}`, `back ${from}`]),
      );
      expect(steps.filter(({ wait_us }) => wait_us !== null && wait_us < 0)).toEqual([]);
    }
  });

  it('was written and read by calls that are found by the queues of their sockets', () => {
    const calls = found.waterfalls.flatMap(({ steps }) =>
      steps.filter(({ probe }) => probe === 'send' || probe === 'receive'),
    );
    expect(new Set(calls.filter((c) => c.probe === 'send').map((c) => c.bytes))).toContain(bytes);
    const sure = calls.filter(({ matched }) => matched === 'queue');
    expect(sure.length).toBeGreaterThan(calls.length * 0.8);
  });
});

it('is printed as text, a column a host', async () => {
  const text = await trace(`${bed.client}>${bed.service}`, '--packets', '1');
  expect(text).toMatch(/step +host a +host b +since the step before/);
  expect(text).toMatch(/– network –/);
  expect(text).toMatch(/joined (\d+) of \1 \(100 %\)/);
});

it('ends with 1 where nothing of the flow is seen', async () => {
  await expect(trace('10.244.1.11:1>10.244.2.11:2', '--seconds', '1')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('"10.244.1.11:1>10.244.2.11:2"') as string,
  });
});
