/** host_int.bpf.c at both hosts, and a process of int-reader.c for each. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Processes } from '../../experiments/testbed/processes.js';
import { artifact } from '../../primitives/common/artifacts.js';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import { attachTap } from '../../primitives/common/loader/index.js';
import type { Fd } from '../../primitives/common/native/index.js';
import { loadTap } from '../harness/programs.js';
import type { Host, Hosts } from './hosts.js';
import type { Opened } from './opened.js';

export function openHostInt(hosts: Hosts): Opened {
  const loaded = hosts.all.map((host) => ({ host, tap: loadTap('host_int') }));
  const lost = (): number =>
    loaded.reduce((sum, { tap }) => sum + Number(tap.object.variable('lost')), 0);
  const attachOne = async ({ host, tap }: { host: Host; tap: (typeof loaded)[number]['tap'] }) => {
    const reader = await IntReader.start(hosts.pair.processes, tap.object.map('records').fd);
    const { ingressProgram, egressProgram } = tap;
    const link = attachTap({ ...host.target, ingressProgram, egressProgram });
    return async () => {
      link.close();
      await reader.end();
    };
  };
  return {
    async attach() {
      const before = lost();
      const detach = await Promise.all(loaded.map(attachOne));
      return {
        async detach() {
          await Promise.all(detach.map((one) => one()));
          return lost() - before;
        },
      };
    },
    close() {
      for (const { tap } of loaded) tap.object.close();
    },
  };
}

interface Account {
  readonly records: number;
  readonly rtts: number;
  readonly meanUs: number;
}

export class IntReader {
  private constructor(
    private readonly processes: Processes,
    private readonly child: ChildProcess,
    private readonly output: Readable,
  ) {}

  static async start(processes: Processes, ring: Fd): Promise<IntReader> {
    const child = processes.spawn([artifact('build/int-reader')], {
      stdout: 'pipe',
      stderr: 'inherit',
      descriptor: ring,
    });
    const { stdout } = child;
    if (stdout === null) throw new NetverdictError('NV_INTERNAL', 'the reader has no output');
    const ended = once(child, 'exit').then(() => {
      throw new NetverdictError('NV_TOOL_FAILED', 'build/int-reader ended');
    });
    await Promise.race([once(stdout, 'readable'), ended]);
    ended.catch(() => undefined);
    return new IntReader(processes, child, stdout);
  }

  async end(): Promise<Account> {
    const said = text(this.output);
    await this.processes.end(this.child);
    const [records = 0, rtts = 0, sumNs = 0] = ((await said).split('\n')[1] ?? '')
      .split(' ')
      .map(Number);
    return { records, rtts, meanUs: sumNs / rtts / 1000 };
  }
}
