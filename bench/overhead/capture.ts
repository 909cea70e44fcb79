/** tcpdump piped into tcptrace at both hosts: no file could be kept of what a saturated path carries. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { PAIR_DEVICE } from '../../experiments/testbed/pair.js';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import { runTool } from '../../primitives/common/loader/tool.js';
import type { Host, Hosts } from './hosts.js';
import type { Opened } from './opened.js';

const BUFFER_KIB = 32 * 1024;

export async function openCapture(hosts: Hosts, snapBytes: number): Promise<Opened> {
  for (const tool of ['tcpdump', 'tcptrace']) await runTool([tool, '--version']);
  const start = ({ end }: Host): ChildProcess =>
    hosts.pair.processes.spawn(['bash', '-c', pipeline(snapBytes)], {
      netns: end.netns,
      stderr: 'pipe',
    });
  return {
    async attach() {
      const captures = await Promise.all(hosts.all.map((host) => listening(start(host))));
      return {
        async detach() {
          const dropped = await Promise.all(captures.map(({ stop }) => stop()));
          return dropped.reduce((sum, packets) => sum + packets, 0);
        },
      };
    },
    close: () => undefined,
  };
}

/** The process is tcpdump, and tcptrace (-r: with RTT) its child, which dies with it, as it dies with this one. */
function pipeline(snapBytes: number): string {
  const mortal = 'exec setpriv --pdeathsig KILL';
  return (
    `${mortal} tcpdump -i ${PAIR_DEVICE} -w - -Z root -s ${snapBytes} -B ${BUFFER_KIB} tcp ` +
    `> >(${mortal} tcptrace -n -r stdin > /dev/null 2>&1)`
  );
}

interface Listening {
  /** Answers how many packets the kernel dropped before tcpdump. */
  readonly stop: () => Promise<number>;
}

async function listening(tcpdump: ChildProcess): Promise<Listening> {
  const ended = once(tcpdump, 'close');
  let said = '';
  await new Promise<void>((resolve) => {
    tcpdump.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('listening on')) resolve();
    });
    void ended.then(() => resolve());
  });
  return {
    async stop() {
      tcpdump.kill('SIGTERM');
      await ended;
      const dropped = /(\d+) packets? dropped by kernel/.exec(said)?.[1];
      if (dropped !== undefined) return Number(dropped);
      throw new NetverdictError('NV_TOOL_FAILED', `tcpdump: ${said.trim()}`);
    },
  };
}
