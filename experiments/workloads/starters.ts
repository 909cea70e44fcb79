import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Testbed } from '../testbed/index.js';
import type { HostId } from '../testbed/plan.js';
import type { ClientReport } from './protocol.js';

export interface PodRef {
  readonly host: HostId;
  readonly pod: 1 | 2;
}

/** Runs a script of this folder, built or from source. */
function script(name: string): string[] {
  const here = import.meta.url;
  const source = here.endsWith('.ts');
  const file = fileURLToPath(new URL(`./${name}${source ? '.ts' : '.js'}`, here));
  return [process.execPath, ...(source ? ['--import', 'tsx'] : []), file];
}

function startInPod(
  testbed: Testbed,
  { host, pod }: PodRef,
  command: readonly string[],
): ChildProcess {
  return testbed.processes.spawn(command, {
    netns: testbed.pod(host, pod).netns,
    cpu: testbed.host(host).cpu,
    stdout: 'pipe',
  });
}

export const startServer = (
  testbed: Testbed,
  at: PodRef,
  port: number,
  backlog = 512,
): ChildProcess => startInPod(testbed, at, [...script('server'), String(port), String(backlog)]);

export interface ClientOptions {
  readonly port: number;
  readonly pauseMs: number;
  readonly mode?: 'keep' | 'short' | 'resting';
}

/** A client and the reports that it has written so far. */
export class Client {
  readonly reports: ClientReport[] = [];

  constructor(readonly process: ChildProcess) {
    if (!process.stdout) return;
    createInterface({ input: process.stdout }).on('line', (line) =>
      this.reports.push(JSON.parse(line) as ClientReport),
    );
  }
}

export function startClient(
  testbed: Testbed,
  from: PodRef,
  to: PodRef,
  { port, pauseMs, mode = 'keep' }: ClientOptions,
): Client {
  const { address } = testbed.pod(to.host, to.pod);
  const args = [address, String(port), String(pauseMs), mode];
  return new Client(startInPod(testbed, from, [...script('client'), ...args]));
}

/** Reads what streams send; SIGUSR2 makes it slow. */
export const startSink = (testbed: Testbed, at: PodRef, port: number): ChildProcess =>
  startInPod(testbed, at, [...script('sink'), String(port)]);

export function startStream(
  testbed: Testbed,
  from: PodRef,
  to: PodRef,
  { port, mbit }: { readonly port: number; readonly mbit: number },
): Client {
  const { address } = testbed.pod(to.host, to.pod);
  return new Client(
    startInPod(testbed, from, [...script('stream'), address, String(port), String(mbit)]),
  );
}

/** Shell that waits at most 5 s for a process to listen in its own network namespace: who asks earlier is refused. */
function untilListening({ pid }: ChildProcess, port: number): string {
  const listens = `:${port.toString(16).toUpperCase().padStart(4, '0')} [0-9A-F]*:0000 0A `;
  return `for i in $(seq 100); do grep -qs '${listens}' /proc/${pid}/net/tcp /proc/${pid}/net/tcp6 && break; sleep 0.05; done`;
}

/** iperf3, server and client; with `mbit` paced by TCP itself, else as fast as the path carries. */
export function startBulk(
  testbed: Testbed,
  from: PodRef,
  to: PodRef,
  options: { readonly port: number; readonly mbit?: number; readonly streams?: number },
): { stop(): Promise<void> } {
  const { port, mbit, streams = 1 } = options;
  const server = startInPod(testbed, to, ['iperf3', '--server', '--port', String(port)]);
  const { address } = testbed.pod(to.host, to.pod);
  const client = startInPod(testbed, from, [
    'sh',
    '-c',
    `${untilListening(server, port)}; exec setpriv --pdeathsig KILL iperf3 --client ${address} --port ${port} ` +
      `--time 86400 --parallel ${streams} ${mbit === undefined ? '' : `--bitrate ${mbit}M`}`,
  ]);
  for (const child of [server, client]) child.stdout?.resume();
  return {
    async stop() {
      await testbed.processes.end(client);
      await testbed.processes.end(server);
    },
  };
}
