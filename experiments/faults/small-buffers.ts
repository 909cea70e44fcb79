/** A socket's buffer becomes too small for its long path, as by a new release that sets SO_SNDBUF or SO_RCVBUF. */
import type { ChildProcess } from 'node:child_process';
import { artifact } from '../../primitives/common/artifacts.js';
import { delayPath } from '../testbed/delay.js';
import type { Testbed } from '../testbed/index.js';
import { run } from '../testbed/shell.js';
import { startClient, startServer, startSink, startStream } from '../workloads/index.js';
import type { Cast, Fault, Label } from './fault.js';
import { graded } from './grades.js';

const PORT = 8098;
const MBIT = 20;
const ONE_WAY_MS = 40;
const A1 = { host: 'a', pod: 1 } as const;
const A2 = { host: 'a', pod: 2 } as const;
const B1 = { host: 'b', pod: 1 } as const;

type Side = 'send' | 'receive';

/** Has always been so. */
const longPath = (testbed: Testbed): Promise<unknown> =>
  delayPath(testbed, {
    ways: [
      ['a', 'b'],
      ['b', 'a'],
    ],
    delayMs: ONE_WAY_MS,
  });

async function shrink(
  { pid }: ChildProcess,
  side: Side,
  bytes: number,
): Promise<() => Promise<void>> {
  const set = (...size: string[]): Promise<string> =>
    run([artifact('build/socket-buffer'), String(pid), String(PORT), side, ...size]);
  await set(String(bytes));
  return async () => void (await set());
}

function fault(
  id: string,
  title: string,
  label: Pick<Label, 'domain' | 'host' | 'cause'>,
  cast: (testbed: Testbed) => Cast,
  whose: (cast: Cast) => ChildProcess | undefined,
  kib: number,
): Fault {
  const side = label.domain === 'sender_host' ? 'send' : 'receive';
  return {
    id,
    title: `${title} ${side} buffer to ${kib} KiB`,
    label: { ...label, layer: 'socket' },
    prepare: longPath,
    cast,
    async inject(_, given) {
      const process = whose(given);
      return process ? shrink(process, side, kib * 1024) : () => Promise.resolve();
    },
  };
}

const stream = (testbed: Testbed): Cast => ({
  server: startSink(testbed, B1, PORT),
  victims: [startStream(testbed, A1, B1, { port: PORT, mbit: MBIT })],
});

const documents = (testbed: Testbed): Cast => ({
  server: startServer(testbed, B1, PORT, undefined, 'documents'),
  victims: [startClient(testbed, A2, B1, { port: PORT, pauseMs: 20, mode: 'documents' })],
});

const server = (cast: Cast): ChildProcess | undefined => cast.server;
const client = (cast: Cast): ChildProcess | undefined => cast.victims[0]?.process;

const SENDER = { domain: 'sender_host', host: 'a', cause: 'sndbuf_limited' } as const;
const RECEIVER = { domain: 'receiver_host', host: 'b', cause: 'rcvbuf_limited' } as const;
const SENDS = `a-p1, which streams ${MBIT} Mbit/s to b-p1 80 ms away, sets its`;
const READS = `b-p1, which reads ${MBIT} Mbit/s of a-p1 80 ms away, sets its`;

const SCALE = { what: 'buffer', unit: 'KiB' } as const;

export const sndbufLimited = graded({ ...SCALE, values: [28, 16, 8], usual: 16 }, (kib) =>
  fault('sndbuf_limited', SENDS, SENDER, stream, client, kib),
);
export const sndbufSlight = fault('sndbuf_limited_slight', SENDS, SENDER, stream, client, 40);
export const rcvbufLimited = graded({ ...SCALE, values: [28, 16, 8], usual: 16 }, (kib) =>
  fault('rcvbuf_limited', READS, RECEIVER, stream, server, kib),
);
export const rcvbufSlight = fault('rcvbuf_limited_slight', READS, RECEIVER, stream, server, 40);

/** Whose data are late is the sender: the server that answers, and the client is their receiver. */
export const sndbufAnswers = graded({ ...SCALE, values: [32, 16, 8], usual: 16 }, (kib) =>
  fault(
    'sndbuf_limited_answers',
    'the server in b-p1, which answers a-p2 80 ms away with 256 KiB each, sets its',
    { ...SENDER, host: 'b' },
    documents,
    server,
    kib,
  ),
);

export const rcvbufAnswers = graded({ ...SCALE, values: [64, 32, 16], usual: 32 }, (kib) =>
  fault(
    'rcvbuf_limited_answers',
    'the client in a-p2, which asks b-p1 80 ms away for 256 KiB each, sets its',
    { ...RECEIVER, host: 'a' },
    documents,
    client,
    kib,
  ),
);
