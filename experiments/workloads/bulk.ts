/** Bulk streams by iperf3. */
import type { ChildProcess } from 'node:child_process';
import type { Processes } from '../testbed/processes.js';

/** Where a process runs and is reached. */
export interface Place {
  readonly netns: string;
  readonly address: string;
  readonly cpu: number;
}

export interface BulkOptions {
  readonly port: number;
  /** Of each stream, in bursts of a block; without, as fast as the path carries. */
  readonly mbit?: number;
  /** Of each stream, segment by segment: TCP paces (SO_MAX_PACING_RATE). */
  readonly pacedMbit?: number;
  readonly streams?: number;
}

export interface Bulk {
  readonly client: ChildProcess;
  readonly server: ChildProcess;
  stop(): Promise<void>;
}

export function startIperf(
  processes: Processes,
  from: Place,
  to: Place,
  { port, mbit, pacedMbit, streams = 1 }: BulkOptions,
): Bulk {
  const start = ({ netns, cpu }: Place, command: readonly string[]): ChildProcess => {
    const child = processes.spawn(command, { netns, cpu, stdout: 'pipe' });
    child.stdout?.resume();
    return child;
  };
  const rate = [
    ...(mbit === undefined ? [] : [`--bitrate ${mbit}M`]),
    ...(pacedMbit === undefined ? [] : [`--fq-rate ${pacedMbit}M`]),
  ];
  const server = start(to, ['iperf3', '--server', '--port', String(port)]);
  const client = start(from, [
    'sh',
    '-c',
    `${untilListening(server, port)}; exec setpriv --pdeathsig KILL iperf3 --client ${to.address} --port ${port} ` +
      `--time 86400 --parallel ${streams} ${rate.join(' ')}`,
  ]);
  return {
    client,
    server,
    async stop() {
      await processes.end(client);
      await processes.end(server);
    },
  };
}

/** Shell that waits at most 5 s for a process to listen in its own network namespace: who asks earlier is refused. */
function untilListening({ pid }: ChildProcess, port: number): string {
  const listens = `:${port.toString(16).toUpperCase().padStart(4, '0')} [0-9A-F]*:0000 0A `;
  return `for i in $(seq 100); do grep -qs '${listens}' /proc/${pid}/net/tcp /proc/${pid}/net/tcp6 && break; sleep 0.05; done`;
}
