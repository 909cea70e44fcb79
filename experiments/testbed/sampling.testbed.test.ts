import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { type Trace, type TracedBed, tracedBed } from './fixture/traced-bed.js';

const TRACED_S = 3;

let bed: TracedBed | undefined;
afterEach(() => bed?.remove());

async function traced({ analyzer, client, service }: TracedBed): Promise<Trace> {
  const ends = (from: string, to: string): Record<string, unknown> => {
    const [[src, src_port], [dst, dst_port]] = [from.split(':'), to.split(':')];
    return { src, src_port: Number(src_port), dst, dst_port: Number(dst_port) };
  };
  const flow = ends(client, service);
  await fetch(`${analyzer}/v1/trace`, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
    body: JSON.stringify({ ...flow, seconds: TRACED_S }),
  });
  await sleep((TRACED_S + 1) * 1000);
  const asked = Object.entries({ ...flow, seconds: TRACED_S + 1 }).map(([k, v]) => `${k}=${v}`);
  return (await (await fetch(`${analyzer}/v1/trace?${asked.join('&')}`)).json()) as Trace;
}

it.each([
  { name: 'a stream that fills its path', mode: 'stream' } as const,
  { name: 'requests without a pause', mode: 'rpc' } as const,
])(
  'of $name the same packets are told on both hosts',
  async ({ mode }) => {
    bed = await tracedBed({ id: 'sampling' }, mode, 0);
    const { sampled, joined, left_out } = await traced(bed);
    expect(left_out).toBeGreaterThan(1000);
    expect(sampled).toBeGreaterThan(200);
    expect(joined / sampled).toBeGreaterThan(0.9);
  },
  30_000,
);
