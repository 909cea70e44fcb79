/** What the client that a fault is aimed at may do, instead of requests over one kept connection. */
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Testbed } from '../testbed/index.js';
import { POOL } from './protocol.js';
import {
  type Client,
  type PodRef,
  startAsking,
  startClient,
  startDatagramServer,
  startProgram,
  startServer,
  startSink,
  startStream,
} from './starters.js';

/** The same for all: faults filter it. */
export const RPC_PORT = 8080;

interface Ends {
  readonly testbed: Testbed;
  readonly from: PodRef;
  readonly to: PodRef;
  /** What the server takes over each request, once SIGUSR2 makes it think. */
  readonly thinkMs: number | undefined;
}

interface Kind {
  readonly what: string;
  /** Software that the machine may lack. */
  readonly program?: string;
  /** The server can be made to think. */
  readonly thinks: boolean;
  start(ends: Ends): Traffic;
}

export interface Traffic {
  readonly server: ChildProcess;
  readonly victims: readonly Client[];
}

const STREAM_MBIT = 8;
const ASK_EVERY_MS = 5;
const REDIS = '/usr/bin/redis-server';
const NGINX = '/usr/sbin/nginx';
const NGINX_CONF = fileURLToPath(new URL('./nginx.conf', import.meta.url)).replace('/dist/', '/');

const requests =
  (mode: 'short' | 'pooled', pauseMs: number) =>
  ({ testbed, from, to, thinkMs }: Ends): Traffic => ({
    server: startServer(testbed, to, RPC_PORT, undefined, 'sudden', thinkMs),
    victims: [startClient(testbed, from, to, { port: RPC_PORT, pauseMs, mode })],
  });

export const TRAFFIC = {
  short: {
    what: 'a connection for each request',
    thinks: true,
    start: requests('short', 10),
  },
  pooled: {
    what: `requests over ${POOL} kept connections at once`,
    thinks: true,
    start: requests('pooled', 40),
  },
  documents: {
    what: 'documents of 256 KiB',
    thinks: true,
    start: ({ testbed, from, to, thinkMs }) => ({
      server: startServer(testbed, to, RPC_PORT, undefined, 'documents', thinkMs),
      victims: [
        startClient(testbed, from, to, { port: RPC_PORT, pauseMs: 150, mode: 'documents' }),
      ],
    }),
  },
  stream: {
    what: `a stream of ${STREAM_MBIT} Mbit/s towards the server`,
    thinks: false,
    start: ({ testbed, from, to }) => ({
      server: startSink(testbed, to, RPC_PORT),
      victims: [startStream(testbed, from, to, { port: RPC_PORT, mbit: STREAM_MBIT })],
    }),
  },
  datagrams: {
    what: 'requests and answers over UDP',
    thinks: true,
    start: ({ testbed, from, to, thinkMs }) => ({
      server: startDatagramServer(testbed, to, RPC_PORT, thinkMs),
      victims: [startAsking(testbed, from, to, 'datagrams', RPC_PORT, ASK_EVERY_MS)],
    }),
  },
  redis: {
    what: 'redis, its own server',
    program: REDIS,
    thinks: false,
    start: ({ testbed, from, to }) => ({
      server: startProgram(testbed, to, [
        ...[REDIS, '--port', String(RPC_PORT), '--bind', '0.0.0.0', '--protected-mode', 'no'],
        ...['--save', '', '--appendonly', 'no'],
      ]),
      victims: [startAsking(testbed, from, to, 'redis', RPC_PORT, ASK_EVERY_MS)],
    }),
  },
  web: {
    what: 'pages of nginx',
    program: NGINX,
    thinks: false,
    start: ({ testbed, from, to }) => ({
      server: startProgram(testbed, to, [NGINX, '-c', NGINX_CONF]),
      victims: [startAsking(testbed, from, to, 'web', RPC_PORT, ASK_EVERY_MS)],
    }),
  },
} as const satisfies Readonly<Record<string, Kind>>;

export type TrafficId = keyof typeof TRAFFIC;

export const TRAFFIC_IDS = Object.keys(TRAFFIC) as readonly TrafficId[];

/** Whether this machine has what it takes. */
export const isAvailable = (id: TrafficId): boolean => {
  const { program }: Kind = TRAFFIC[id];
  return program === undefined || existsSync(program);
};
