import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterEach, expect, it } from 'vitest';
import { cleanLeftovers, Testbed } from './index.js';
import { inNamespace } from './shell.js';

const ID = 'vitest';
const ALLOWED = '/proc/sys/net/ipv4/tcp_allowed_congestion_control';

const namespaces = (): string[] =>
  readdirSync('/run/netns').filter((name) => name.startsWith(`nv-${ID}-`));

/** Another process that builds the testbed, says so, and lives on. */
async function otherOwner(): Promise<ReturnType<typeof spawn>> {
  const script = `import { Testbed } from '${new URL('./index.ts', import.meta.url).href}';
    await Testbed.build({ id: '${ID}' }); console.log('built'); setInterval(() => {}, 1000);`;
  const owner = spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', script],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(createInterface({ input: owner.stdout }), 'line');
  return owner;
}

let clean: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of clean.reverse()) await step();
  clean = [];
});

it('carries packets between pods of different hosts and leaves nothing when destroyed', async () => {
  const before = readFileSync(ALLOWED, 'utf8');
  const testbed = await Testbed.build({ id: ID });
  clean.push(() => testbed.destroy());
  const { netns } = testbed.pod('a', 1);
  const { address } = testbed.pod('b', 2);
  expect(await inNamespace(netns, `ping -c 2 -i 0.1 -W 1 ${address}`)).toContain(' 0% packet loss');
  expect(await inNamespace(netns, 'cat /proc/sys/net/ipv4/tcp_congestion_control')).toBe('cubic\n');
  const sleeper = testbed.processes.spawn(['sleep', '60'], { netns });
  await testbed.destroy();
  expect(sleeper.signalCode).toBe('SIGTERM');
  expect(namespaces()).toEqual([]);
  expect(existsSync(testbed.folder)).toBe(false);
  expect(readFileSync(ALLOWED, 'utf8')).toBe(before);
});

it('refuses the id of a living owner and removes what a dead one left', async () => {
  const before = readFileSync(ALLOWED, 'utf8');
  const owner = await otherOwner();
  clean.push(cleanLeftovers, async () => {
    owner.kill('SIGKILL');
    if (owner.signalCode === null) await once(owner, 'exit');
  });
  await expect(Testbed.build({ id: ID })).rejects.toThrow(
    expect.objectContaining({
      code: 'NV_TESTBED_FAILED',
      message: expect.stringContaining(`"${ID}" is in use by process ${owner.pid}`) as string,
    }),
  );
  expect(namespaces()).toHaveLength(10);
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  expect(await cleanLeftovers()).toContain(`testbed "${ID}"`);
  expect(namespaces()).toEqual([]);
  expect(readFileSync(ALLOWED, 'utf8')).toBe(before);
});
