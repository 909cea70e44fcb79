import { once } from 'node:events';
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const lifetime = JSON.stringify(fileURLToPath(new URL('./lifetime.ts', import.meta.url)));

/** A process that says `up`, and takes `stopMs` to stop. */
async function start(stopMs: number): Promise<ChildProcess> {
  const source = `
    import { runUntilSignal } from ${lifetime};
    import { setTimeout as sleep } from 'node:timers/promises';
    await runUntilSignal(async () => {
      setInterval(() => {}, 1000);
      process.stdout.write('up');
      return { stop: async () => { process.stdout.write('stopping'); await sleep(${stopMs}); } };
    });
    process.exit(0);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

test('SIGTERM stops what runs and ends with 0', async () => {
  const child = await start(1);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('a second signal ends at once, whatever still stops', async () => {
  const child = await start(60_000);
  child.kill('SIGINT');
  await once(child.stdout!, 'data');
  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([1, null]);
});
