/** What is compared: one line each. Every one of them is opened once and attached in turn. */
import { attachTap, BpfObject } from '../../primitives/common/loader/index.js';
import type { Fd } from '../../primitives/common/native/index.js';
import { Monitor, type MonitorOptions } from '../../primitives/monitor/index.js';

export interface Target {
  readonly netns: Fd;
  readonly ifindex: number;
  readonly ifname: string;
}

/** A contender whose programs are loaded. */
export interface Opened {
  /** Answers how to detach. */
  attach(target: Target): () => void;
  /** What the agent does beside the packets; never while something is timed. */
  sweep(): void;
  /** Flows that its table holds; null when it keeps none, or none that can be told. */
  flows(): number | null;
  close(): void;
}

export interface Contender {
  readonly name: string;
  readonly about: string;
  /** Held against the targets. */
  readonly judged: boolean;
  /** Left out of the other: what a packet costs, or what throughput and latency become. */
  readonly only?: 'costs' | 'rates';
  /** @param flows how many will live at once. Tables get twice the room, and never less than by default. */
  open(flows: number): Opened;
}

export const BASELINE = 'empty';
export const NOISE = 'empty again';
export const PAPER = 'paper';

export const CONTENDERS: readonly Contender[] = [
  { name: 'none', about: 'no program', judged: false, only: 'rates', open: openNothing },
  { name: BASELINE, about: 'a program that returns', judged: false, open: openEmpty },
  { name: NOISE, about: 'the same: the noise', judged: false, open: openEmpty },
  {
    name: 'parser',
    about: 'the parser alone: what reading a packet costs, which no design avoids',
    judged: false,
    only: 'costs',
    open: () => openObject('parser', {}),
  },
  { name: PAPER, about: 'the paper’s design', judged: false, open: openPaper },
  {
    name: 'monitor',
    about: 'as an uplink',
    judged: true,
    open: (flows) => openMonitor(flows, { flowTable: 'set_associative' }),
  },
  {
    name: 'monitor, LRU hash',
    about: '--flow-table lru_hash',
    judged: false,
    open: (flows) => openMonitor(flows, { flowTable: 'lru_hash' }),
  },
];

export const COUNTED = CONTENDERS.filter(({ only }) => only !== 'rates');
export const RATED = CONTENDERS.filter(({ only }) => only !== 'costs');

function openNothing(): Opened {
  const attach = (): (() => void) => () => undefined;
  return { attach, sweep: () => undefined, flows: () => null, close: () => undefined };
}

function openEmpty(): Opened {
  return openObject('empty', {});
}

function openPaper(flows: number): Opened {
  // Two segments of each flow may be under way at once.
  return openObject('paper', {
    expected: Math.max(65_536, 4 * flows),
    rtts: Math.max(16_384, 2 * flows),
  });
}

function openObject(name: string, maps: Readonly<Record<string, number>>): Opened {
  const object = BpfObject.open(`build/bpf/${name}.bpf.o`);
  for (const [map, entries] of Object.entries(maps)) object.maxEntries(map, entries);
  try {
    object.load();
  } catch (error) {
    object.close();
    throw error;
  }
  const programs = {
    ingressProgram: object.program(`${name}_ingress`).fd,
    egressProgram: object.program(`${name}_egress`).fd,
  };
  return {
    attach(target) {
      const link = attachTap({ ...target, ...programs });
      return () => link.close();
    },
    sweep: () => undefined,
    flows: () => null,
    close: () => object.close(),
  };
}

function openMonitor(flows: number, options: Omit<MonitorOptions, 'host' | 'maxFlows'>): Opened {
  const room = flows > 8192 ? { maxFlows: 2 * flows } : {};
  const monitor = Monitor.open({ host: 'bench', ...room, ...options });
  monitor.onAlert(() => undefined);
  return {
    attach({ netns: netnsFd, ifindex, ifname }) {
      // At an uplink it parses tunnels as well, and its flows survive that it is detached.
      monitor.attach({ netnsFd, ifindex, ifname, role: 'uplink', pod: '' });
      return () => monitor.detach(ifindex);
    },
    sweep() {
      for (const batch of monitor.sweep()) void batch;
      monitor.drain();
    },
    flows() {
      const intervals = [...monitor.sweep()].filter(({ stream }) => stream === 'flow_interval');
      return intervals.reduce((rows, { length }) => rows + length, 0) / 2;
    },
    close: () => monitor.close(),
  };
}
