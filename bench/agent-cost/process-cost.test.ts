import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { costOf } from './process-cost.js';

let parent: ChildProcess;
afterEach(() => parent.kill('SIGKILL'));

const BUSY = 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done;';

async function cpuMsOf(script: string): Promise<number> {
  parent = spawn('sh', ['-c', `${script} echo done; read -r line`]);
  await once(parent.stdout ?? parent, 'data');
  return costOf(parent.pid ?? 0).cpuMs;
}

it('counts the time of a process and of children that have ended', async () => {
  expect(await cpuMsOf(BUSY)).toBeGreaterThan(20);
  parent.kill('SIGKILL');
  expect(await cpuMsOf(`sh -c '${BUSY}';`)).toBeGreaterThan(20);
});

it('counts the time of children that live', async () => {
  // The child speaks when it has done its work, and lives on.
  parent = spawn('sh', ['-c', `sh -c '${BUSY} echo done; read -r line'; true`]);
  await once(parent.stdout ?? parent, 'data');
  expect(costOf(parent.pid ?? 0).cpuMs).toBeGreaterThan(20);
  parent.stdin?.end('\n');
});

it('tells the memory of the whole family', async () => {
  const alone = costOf(process.pid);
  expect(alone.pssKib).toBeGreaterThan(10_000);
  expect(alone.rssKib).toBeGreaterThanOrEqual(alone.pssKib);
  await cpuMsOf('');
  expect(costOf(process.pid).pssKib).toBeGreaterThan(costOf(parent.pid ?? 0).pssKib);
});
