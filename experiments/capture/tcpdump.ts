/** A capture on one interface, beside the monitor's tap. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import type { Processes } from '../testbed/processes.js';

/** Headers of a VXLAN frame with every TCP option: 50 + 14 + 20 + 60. */
const SNAP_BYTES = 160;
const BUFFER_KIB = 32 * 1024;
/** libpcap hands over a block of packets at the latest after its read timeout of 1 s. */
const FLUSH_MS = 1100;

export interface CaptureOptions {
  readonly netns: string;
  readonly ifname: string;
  /** pcap-filter(7). */
  readonly filter: string;
  readonly file: string;
}

export class Capture {
  private constructor(
    readonly file: string,
    private readonly child: ChildProcess,
    private readonly said: string[],
  ) {}

  /**
   * Resolves when packets are being taken. The kernel stamps each as the packet socket gets it: after the TC program
   * and the queue at egress, just before the TC program at ingress.
   */
  static async start(processes: Processes, options: CaptureOptions): Promise<Capture> {
    const { netns, ifname, filter, file } = options;
    const child = processes.spawn(
      [
        ...['tcpdump', '-i', ifname, '-w', file, '-Z', 'root', '-s', String(SNAP_BYTES)],
        ...['-B', String(BUFFER_KIB), '--time-stamp-precision=nano', filter],
      ],
      { netns, stderr: 'pipe' },
    );
    const capture = new Capture(file, child, []);
    await capture.#listening();
    return capture;
  }

  /** Resolves when the file is whole; fails with NV_TOOL_FAILED when the kernel dropped packets of it. */
  async stop(): Promise<void> {
    await sleep(FLUSH_MS);
    const closed = once(this.child, 'close');
    this.child.kill('SIGTERM');
    await closed;
    const dropped = this.said.find((line) => / dropped by kernel/.test(line)) ?? '';
    if (!dropped.startsWith('0 ')) throw this.#failure(dropped);
  }

  #listening(): Promise<void> {
    return new Promise((resolve, reject) => {
      const { stderr } = this.child;
      if (stderr === null) return;
      createInterface({ input: stderr }).on('line', (line) => {
        this.said.push(line);
        if (line.includes('listening on')) resolve();
      });
      this.child.once('error', (cause) =>
        reject(new NetverdictError('NV_TOOL_MISSING', 'tcpdump cannot be run', { cause })),
      );
      this.child.once('exit', () => reject(this.#failure('it ended')));
    });
  }

  #failure(reason: string): NetverdictError {
    return new NetverdictError(
      'NV_TOOL_FAILED',
      `tcpdump into ${this.file}: ${reason || (this.said.at(-1) ?? 'no word')}`,
    );
  }
}
