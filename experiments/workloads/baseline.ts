import type { ChildProcess } from 'node:child_process';
import type { Testbed } from '../testbed/index.js';
import { type Client, type PodRef, startBulk, startClient, startServer } from './starters.js';
import { RPC_PORT, type Traffic, TRAFFIC, type TrafficId } from './traffic.js';

/** `rpc`: a-p1 → b-p1; `remote`: c-p1 → b-p1; `short`: a-p1 → b-p1, a connection for each request. */
export type BaselineClient = 'rpc' | 'remote' | 'short';

/** The traffic before anything goes wrong. */
export interface Baseline {
  /** The server of all three, in b-p1. */
  readonly server: ChildProcess;
  readonly clients: Readonly<Record<BaselineClient, Client>>;
}

const A1: PodRef = { host: 'a', pod: 1 };
const B1: PodRef = { host: 'b', pod: 1 };
const C1: PodRef = { host: 'c', pod: 1 };

const startBackground = (testbed: Testbed): void =>
  void startBulk(testbed, { host: 'b', pod: 2 }, { host: 'c', pod: 2 }, { port: 5201, mbit: 10 });

/** @param thinkMs what the server takes over each request once SIGUSR2 makes it think. */
export function startBaseline(testbed: Testbed, thinkMs?: number): Baseline {
  const server = startServer(testbed, B1, RPC_PORT, undefined, 'sudden', thinkMs);
  startBackground(testbed);
  return {
    server,
    clients: {
      rpc: startClient(testbed, A1, B1, { port: RPC_PORT, pauseMs: 5 }),
      remote: startClient(testbed, C1, B1, { port: RPC_PORT, pauseMs: 10 }),
      short: startClient(testbed, A1, B1, { port: RPC_PORT, pauseMs: 250, mode: 'short' }),
    },
  };
}

/** Other traffic in its place, between the same pods. */
export function startInstead(
  kind: TrafficId,
  testbed: Testbed,
  aimedAt: BaselineClient = 'rpc',
  thinkMs?: number,
): Traffic {
  startBackground(testbed);
  const from = aimedAt === 'remote' ? C1 : A1;
  return TRAFFIC[kind].start({ testbed, from, to: B1, thinkMs });
}
