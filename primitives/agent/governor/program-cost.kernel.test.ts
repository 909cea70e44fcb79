import { spawn } from 'node:child_process';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FLAGS, tcpFrame } from '../../common/bpf/fixture/frames.js';
import { native } from '../../common/native/index.js';
import { Bench, CLIENT_TO_SERVER } from '../../monitor/fixture/bench.js';
import { ownCpuMs } from './process-stat.js';
import { programCost, type ProgramRuns } from './program-cost.js';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.close());

const runs = (): ProgramRuns => {
  const { runCount, runTimeNs } = native().programInfo(bench.object.program('nv_tap_ingress').fd);
  return { count: runCount, timeNs: runTimeNs };
};

const FRAME = tcpFrame({ ...CLIENT_TO_SERVER, flags: FLAGS.ack, payload: 100 });

function packets(count: number): void {
  for (let i = 0; i < count; i++) bench.run(FRAME);
}

it('samples what programs cost while statistics are on, which is only meanwhile', async () => {
  const idle = runs();
  packets(100);
  expect(runs()).toEqual(idle);
  const traffic = setInterval(() => packets(500), 5);
  const cost = await programCost(runs);
  clearInterval(traffic);
  expect(cost).toBeGreaterThan(0);
  expect(cost).toBeLessThan(1);
  const sampled = runs();
  expect(sampled.count - idle.count).toBeGreaterThanOrEqual(500n);
  packets(100);
  expect(runs()).toEqual(sampled);
});

it('is nothing without a packet', async () => {
  expect(await programCost(runs)).toBe(0);
});

it('counts the processor time of children that live, and of those that have ended', async () => {
  const before = ownCpuMs();
  const child = spawn('sh', ['-c', 'while :; do :; done']);
  try {
    await vi.waitUntil(() => ownCpuMs() - before > 300, { timeout: 10_000 });
    const own = process.cpuUsage();
    expect(ownCpuMs() - (own.user + own.system) / 1000).toBeGreaterThan(50);
  } finally {
    child.kill('SIGKILL');
  }
  await new Promise((resolve) => child.once('exit', resolve));
  const own = process.cpuUsage();
  expect(ownCpuMs() - (own.user + own.system) / 1000).toBeGreaterThan(50);
});
