import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { NetverdictError } from '../../../primitives/common/errors/index.js';
import type { FlowTuple } from '../../../primitives/common/bpf/flow-key.js';
import { clientCommand, serverCommand } from '../../../experiments/workloads/character/index.js';
import {
  CLIENT,
  CLIENT_ADDRESS,
  type Path,
  SERVER,
  SERVER_ADDRESS,
} from '../../../experiments/testbed/path.js';
import type { TrafficKind } from './kinds.js';

const SERVER_PORT = 9000;
const FIRST_PORT = 20_000;
const GRACE_MS = 20_000;

/** The connections that a kind of traffic will have. */
export const flowsOf = ({ flows }: TrafficKind): FlowTuple[] =>
  Array.from({ length: flows }, (_, index) => ({
    src: CLIENT_ADDRESS,
    src_port: FIRST_PORT + index,
    dst: SERVER_ADDRESS,
    dst_port: SERVER_PORT,
    protocol: 6,
  }));

/** Resolves when clients can connect. The server goes with the path. */
export async function startServer(path: Path, { mode }: TrafficKind): Promise<void> {
  const server = path.processes.spawn(serverCommand(SERVER_PORT, mode), {
    netns: SERVER,
    stdout: 'pipe',
  });
  await Promise.race([once(server.stdout ?? server, 'data'), once(server, 'exit')]);
}

/** Resolves when the traffic is over and its connections are closed. */
export async function drive(path: Path, kind: TrafficKind): Promise<void> {
  const { flows, mode, seconds, pauseMs = 0, firstSeq } = kind;
  const to = { host: SERVER_ADDRESS, port: SERVER_PORT, firstPort: FIRST_PORT };
  const ends = Object.values(to).map(String);
  const command =
    firstSeq === undefined
      ? clientCommand({ ...to, flows, mode, seconds, pauseMs })
      : ['perl', '-e', SEND_FROM_SEQ, ...ends, String(firstSeq), String(seconds)];
  const client = path.processes.spawn(command, { netns: CLIENT, stderr: 'inherit' });
  await ended(client, seconds * 1000 + GRACE_MS);
}

/**
 * TCP_REPAIR (19), TCP_REPAIR_QUEUE (20), TCP_QUEUE_SEQ (21): the only way to choose the sequence number of a SYN. Node
 * sets no such options; perl is on every Debian.
 */
const SEND_FROM_SEQ = `
use Socket; use Time::HiRes 'time';
my ($host, $port, $from, $seq, $seconds) = @ARGV;
socket(my $s, PF_INET, SOCK_STREAM, IPPROTO_TCP) or die $!;
bind($s, sockaddr_in($from, INADDR_ANY)) or die $!;
setsockopt($s, 6, 19, pack('i', 1)) && setsockopt($s, 6, 20, pack('i', 2)) &&
setsockopt($s, 6, 21, pack('I', $seq)) && setsockopt($s, 6, 19, pack('i', 0)) or die $!;
connect($s, sockaddr_in($port, inet_aton($host))) or die $!;
my $until = time + $seconds;
while (time < $until) { syswrite($s, 's' x 65536) or die $!; }
shutdown($s, 1); sysread($s, my $end, 1);`;

async function ended(client: ChildProcess, withinMs: number): Promise<void> {
  const timer = setTimeout(() => client.kill('SIGKILL'), withinMs);
  const [code] = (await once(client, 'exit')) as [number | null];
  clearTimeout(timer);
  if (code !== 0) throw new NetverdictError('NV_TESTBED_FAILED', `the client ended with ${code}`);
}
