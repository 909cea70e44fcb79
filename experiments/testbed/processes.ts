/** Processes of a testbed: inside a pod, on its host's processor, gone when this process is gone. */
import { type ChildProcess, spawn } from 'node:child_process';

export interface SpawnOptions {
  readonly netns?: string;
  readonly cpu?: number;
  /** SCHED_FIFO priority. */
  readonly realTime?: number;
  readonly nice?: number;
  readonly stdout?: 'pipe' | 'ignore' | 'inherit';
  readonly stderr?: 'pipe' | 'ignore' | 'inherit';
  /** Becomes descriptor 3 of the process. */
  readonly descriptor?: number;
}

export class Processes {
  readonly #children = new Set<ChildProcess>();

  /** The kernel kills the child when its parent dies, whatever way (prctl PR_SET_PDEATHSIG). */
  spawn(command: readonly string[], options: SpawnOptions = {}): ChildProcess {
    const {
      netns,
      cpu,
      realTime,
      nice,
      stdout = 'ignore',
      stderr = 'ignore',
      descriptor,
    } = options;
    const argv = [
      // nsenter keeps /sys and /run as they are, and execs: the pid is the command's own.
      ...(netns === undefined ? [] : ['nsenter', `--net=/run/netns/${netns}`]),
      ...(cpu === undefined ? [] : ['taskset', '-c', String(cpu)]),
      ...(realTime === undefined ? [] : ['chrt', '-f', String(realTime)]),
      ...(nice === undefined ? [] : ['nice', '-n', String(nice)]),
      ...['setpriv', '--pdeathsig', 'KILL', '--'],
      ...command,
    ];
    // A session of its own: a Ctrl-C at the terminal must not reach it past its owner.
    const child = spawn(argv[0] ?? '', argv.slice(1), {
      stdio: ['ignore', stdout, stderr, ...(descriptor === undefined ? [] : [descriptor])],
      detached: true,
    });
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    child.once('error', () => this.#children.delete(child));
    return child;
  }

  /** Ends one process, with SIGKILL after `graceMs`. */
  async end(child: ChildProcess, graceMs = 2000): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
    await ended;
    clearTimeout(timer);
  }

  async endAll(): Promise<void> {
    await Promise.all([...this.#children].map((child) => this.end(child)));
  }
}
