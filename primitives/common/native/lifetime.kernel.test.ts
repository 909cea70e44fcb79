import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { artifact } from '../artifacts.js';

const run = promisify(execFile);

/** Opens a ring with a listener, feeds it `packets` packets, then does what `then` says. */
const program = (packets: number, then: string): string => `
  const addon = require(${JSON.stringify(artifact('build/netverdict.node'))});
  const object = addon.objectOpen(${JSON.stringify(artifact('build/bpf/fixture.bpf.o'))});
  addon.objectLoad(object);
  const events = addon.objectMaps(object).find(({ name }) => name === 'events').fd;
  const ingress = addon.objectPrograms(object).find(({ name }) => name === 'fixture_ingress').fd;
  const ring = addon.ringOpen(events);
  const into = new Uint8Array(1 << 16);
  let bytes = 0;
  addon.ringOnData(ring, () => {
    bytes += addon.ringDrain(ring, into);
    if (bytes === ${packets} * 16) { ${then} }
  });
  addon.programTestRun(ingress, new Uint8Array(64), ${packets});
`;

const node = (code: string): Promise<{ stdout: string }> =>
  run(process.execPath, ['-e', code], { timeout: 10_000 });

describe('the end of a process', () => {
  it('comes by itself once the ring is closed, here within its own wake-up', async () => {
    const { stdout } = await node(program(50, 'addon.ringClose(ring); console.log(bytes)'));
    expect(stdout).toBe('800\n');
  });

  it('comes at process.exit with everything open', async () => {
    const { stdout } = await node(program(50, 'console.log(bytes); process.exit(0)'));
    expect(stdout).toBe('800\n');
  });

  it('comes at an error thrown by the listener, which is not swallowed', async () => {
    const ended = await node(program(50, 'throw new Error("lost")')).catch(
      (error: unknown) => error,
    );
    expect(ended).toMatchObject({ code: 1, killed: false });
    expect((ended as { stderr: string }).stderr).toContain('Error: lost\n');
  });
});

describe('a worker thread', () => {
  it('is terminated with everything open, again and again, without a thread left', async () => {
    const report = 'require("node:worker_threads").parentPort.postMessage(bytes)';
    const live = (): number => readdirSync('/proc/self/task').length;
    const before = live();
    for (let round = 0; round < 20; round++) {
      const worker = new Worker(program(30, report), { eval: true });
      expect(await once(worker, 'message')).toEqual([480]);
      await worker.terminate();
    }
    expect(live()).toBeLessThanOrEqual(before);
  });
});
