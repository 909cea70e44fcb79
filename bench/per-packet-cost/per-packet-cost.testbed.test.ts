import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Pair } from '../../experiments/testbed/pair.js';
import { cleanLeftovers } from '../../experiments/testbed/index.js';
import { MODES } from './modes.js';

const namespaces = (): string[] =>
  readdirSync('/run/netns').filter((name) => name.startsWith('nv-bench-'));

it.each(MODES)('carries $id in packets of the size that its name says', async (mode) => {
  const pair = await Pair.build('bench');
  try {
    const traffic = await mode.start(pair);
    const before = traffic.clientCounters();
    traffic.begin();
    await sleep(300);
    const rate = await traffic.end();
    const after = traffic.clientCounters();
    const bytes = (after.sentBytes - before.sentBytes) / (after.sentPackets - before.sentPackets);
    // With Ethernet, IP and TCP headers and the timestamp option, and without pure ACKs in between.
    const sizes: Record<string, [number, number]> = {
      tso: [4000, 66_000],
      mss: [1450, 1514],
      paced: [1450, 1514],
      rpc: [120, 140],
    };
    const [least, most] = sizes[mode.id] ?? [];
    expect(bytes).toBeGreaterThan(least ?? NaN);
    expect(bytes).toBeLessThanOrEqual(most ?? NaN);
    expect(rate.perSecond).toBeGreaterThan(1000);
    expect(rate.p99Us === null).toBe(mode.id !== 'rpc');
  } finally {
    await pair.destroy();
  }
  expect(namespaces()).toEqual([]);
});

it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('leaves nothing behind %s', async (name) => {
  const bench = spawn(
    process.execPath,
    ['--import', 'tsx', 'cli/main.ts', 'bench', 'per-packet-cost', '--quick'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  await once(createInterface({ input: bench.stderr }), 'line');
  await sleep(500);
  expect(namespaces()).toHaveLength(2);
  bench.kill(name);
  await once(bench, 'exit');
  // Its children and statistics die with it; what SIGKILL leaves of names goes with the next run.
  if (name === 'SIGKILL') await cleanLeftovers();
  else expect(bench.exitCode).toBe(1);
  expect(namespaces()).toEqual([]);
});
