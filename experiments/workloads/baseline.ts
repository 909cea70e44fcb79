import type { ChildProcess } from 'node:child_process';
import type { Testbed } from '../testbed/index.js';
import { type Client, type PodRef, startBulk, startClient, startServer } from './starters.js';

/** `rpc`: a-p1 → b-p1; `remote`: c-p1 → b-p1; `short`: a-p1 → b-p1, a connection for each request. */
export type BaselineClient = 'rpc' | 'remote' | 'short';

/** The traffic before anything goes wrong. */
export interface Baseline {
  /** The server of all three, in b-p1. */
  readonly server: ChildProcess;
  readonly clients: Readonly<Record<BaselineClient, Client>>;
}

export const RPC_PORT = 8080;

/** @param thinkMs what the server takes over each request once SIGUSR2 makes it think. */
export function startBaseline(testbed: Testbed, thinkMs?: number): Baseline {
  const a1: PodRef = { host: 'a', pod: 1 };
  const b1: PodRef = { host: 'b', pod: 1 };
  const c1: PodRef = { host: 'c', pod: 1 };
  const server = startServer(testbed, b1, RPC_PORT, undefined, 'sudden', thinkMs);
  startBulk(testbed, { host: 'b', pod: 2 }, { host: 'c', pod: 2 }, { port: 5201, mbit: 10 });
  return {
    server,
    clients: {
      rpc: startClient(testbed, a1, b1, { port: RPC_PORT, pauseMs: 5 }),
      remote: startClient(testbed, c1, b1, { port: RPC_PORT, pauseMs: 10 }),
      short: startClient(testbed, a1, b1, { port: RPC_PORT, pauseMs: 250, mode: 'short' }),
    },
  };
}
