import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Testbed } from '../testbed/index.js';
import type { HostId } from '../testbed/plan.js';
import { serviceAddress, servicePort } from '../testbed/services.js';
import { type BulkOptions, type Place, startIperf } from './bulk.js';
import { type ClientReport, THINK_MS } from './protocol.js';
import { script } from './script.js';

export interface PodRef {
  readonly host: HostId;
  readonly pod: 1 | 2;
  /** Another processor than its host's. */
  readonly cpu?: number;
}

function startInPod(
  testbed: Testbed,
  { host, pod, cpu }: PodRef,
  command: readonly string[],
): ChildProcess {
  return testbed.processes.spawn(command, {
    netns: testbed.pod(host, pod).netns,
    cpu: cpu ?? testbed.host(host).cpu,
    stdout: 'pipe',
  });
}

export const startServer = (
  testbed: Testbed,
  at: PodRef,
  port: number,
  backlog = 512,
  mode: 'sudden' | 'creeping' | 'polling' | 'documents' = 'sudden',
  thinkMs = THINK_MS,
): ChildProcess =>
  startInPod(testbed, at, [
    ...script(import.meta.url, 'server'),
    ...[String(port), String(backlog), mode, String(thinkMs)],
  ]);

export interface ClientOptions {
  readonly port: number;
  readonly pauseMs: number;
  readonly mode?: 'keep' | 'short' | 'pooled' | 'resting' | 'halving' | 'leaving' | 'documents';
}

/** Clients of a script of their own. */
const ASKING = {
  datagrams: 'datagram-client',
  redis: 'redis-client',
  web: 'web-client',
} as const;

/** What a client does: requests over a kept connection or over one each (short), and so on. */
export type Workload =
  NonNullable<ClientOptions['mode']> | keyof typeof ASKING | 'names' | 'stream';

/** Whom a client talks to; its own port is the kernel's choice. */
export interface ClientFlow {
  readonly src: string;
  readonly dst: string;
  readonly dst_port: number;
  /** What it asks for instead, where the testbed has services. */
  readonly service?: { readonly dst: string; readonly dst_port: number };
}

/** A client and the reports that it has written so far. */
export class Client {
  readonly reports: ClientReport[] = [];

  constructor(
    readonly process: ChildProcess,
    readonly flow: ClientFlow,
    readonly workload: Workload,
  ) {
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
  const flow = flowBetween(testbed, from, to, port);
  const args = [...askedOf(flow), String(pauseMs), mode];
  return new Client(
    startInPod(testbed, from, [...script(import.meta.url, 'client'), ...args]),
    flow,
    mode,
  );
}

export function startAsking(
  testbed: Testbed,
  from: PodRef,
  to: PodRef,
  workload: keyof typeof ASKING,
  port: number,
  pauseMs: number,
): Client {
  const flow = flowBetween(testbed, from, to, port);
  const args = [...askedOf(flow), String(pauseMs)];
  const command = [...script(import.meta.url, ASKING[workload]), ...args];
  return new Client(startInPod(testbed, from, command), flow, workload);
}

/** One of the machine's own. */
export const startProgram = (
  testbed: Testbed,
  at: PodRef,
  command: readonly string[],
): ChildProcess => startInPod(testbed, at, command);

/** Answers datagrams; SIGUSR2 makes it think. */
export const startDatagramServer = (
  testbed: Testbed,
  at: PodRef,
  port: number,
  thinkMs = THINK_MS,
): ChildProcess =>
  startInPod(testbed, at, [
    ...script(import.meta.url, 'datagram-server'),
    ...[String(port), String(thinkMs)],
  ]);

/** Of a pod asked by resolvers, over UDP and TCP; SIGUSR2 makes it take `lateMs` over each query. */
export const startNameServer = (testbed: Testbed, at: PodRef, lateMs: number): ChildProcess =>
  startInPod(testbed, at, [...script(import.meta.url, 'name-server'), String(lateMs)]);

const ASK_EVERY_MS = 50;

export function startResolver(testbed: Testbed, from: PodRef, to: PodRef): Client {
  const flow = flowBetween(testbed, from, to, 53);
  const args = [flow.dst, String(ASK_EVERY_MS)];
  return new Client(
    startInPod(testbed, from, [...script(import.meta.url, 'resolver'), ...args]),
    flow,
    'names',
  );
}

/** Reads what streams send; SIGUSR2 makes it sleep `sleepMs` after each read. */
export const startSink = (testbed: Testbed, at: PodRef, port: number, sleepMs = 0): ChildProcess =>
  startInPod(testbed, at, [...script(import.meta.url, 'sink'), String(port), String(sleepMs)]);

export interface StreamOptions {
  readonly port: number;
  readonly mbit: number;
  /** Of BLOCK_BYTES; without, it streams on. */
  readonly blocks?: number;
}

export function startStream(
  testbed: Testbed,
  from: PodRef,
  to: PodRef,
  { port, mbit, blocks }: StreamOptions,
): Client {
  const flow = flowBetween(testbed, from, to, port);
  return new Client(
    startInPod(testbed, from, [
      ...script(import.meta.url, 'stream'),
      ...askedOf(flow),
      String(mbit),
      ...(blocks === undefined ? [] : [String(blocks)]),
    ]),
    flow,
    'stream',
  );
}

/** Sends to a drain in bursts, at the same ticks as all others. */
export const startBurster = (
  testbed: Testbed,
  from: PodRef,
  to: PodRef,
  { port, bytes }: { readonly port: number; readonly bytes: number },
): ChildProcess =>
  startInPod(testbed, from, [
    ...script(import.meta.url, 'burster'),
    testbed.pod(to.host, to.pod).address,
    String(port),
    String(bytes),
  ]);

export const startDrain = (testbed: Testbed, at: PodRef, port: number): ChildProcess =>
  startInPod(testbed, at, [...script(import.meta.url, 'drain'), String(port)]);

function flowBetween(testbed: Testbed, from: PodRef, to: PodRef, port: number): ClientFlow {
  const server = testbed.pod(to.host, to.pod);
  const service = { dst: serviceAddress(server), dst_port: servicePort(port) };
  return {
    src: testbed.pod(from.host, from.pod).address,
    dst: server.address,
    dst_port: port,
    ...(testbed.hasServices && { service }),
  };
}

function askedOf(flow: ClientFlow): [string, string] {
  const { dst, dst_port } = flow.service ?? flow;
  return [dst, String(dst_port)];
}

/** iperf3 between two pods. */
export const startBulk = (
  testbed: Testbed,
  from: PodRef,
  to: PodRef,
  options: BulkOptions,
): { stop(): Promise<void> } =>
  startIperf(testbed.processes, place(testbed, from), place(testbed, to), options);

const place = (testbed: Testbed, { host, pod }: PodRef): Place => ({
  netns: testbed.pod(host, pod).netns,
  address: testbed.pod(host, pod).address,
  cpu: testbed.host(host).cpu,
});
