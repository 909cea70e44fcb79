/** Programs at the hooks of one interface: loaded once, attached and detached in turn. */
import { attachTap, BpfObject } from '../../primitives/common/loader/index.js';
import type { Fd } from '../../primitives/common/native/index.js';
import { Monitor, type MonitorOptions } from '../../primitives/monitor/index.js';
import type { Target } from './target.js';

/** Programs that are loaded. */
export interface Opened {
  /** Answers how to detach. */
  attach(target: Target): () => void;
  /** What the agent does beside the packets; never while something is timed. */
  sweep(): void;
  /** Flows that its table holds; null when it keeps none, or none that can be told. */
  flows(): number | null;
  close(): void;
}

export function openNothing(): Opened {
  const attach = (): (() => void) => () => undefined;
  return { attach, sweep: () => undefined, flows: () => null, close: () => undefined };
}

/** @param flows how many will live at once, here and below. Tables get twice the room, and never less than by default. */
export function openPaper(flows: number): Opened {
  // Two segments of each flow may be under way at once.
  return openObject('paper', {
    expected: Math.max(65_536, 4 * flows),
    rtts: Math.max(16_384, 2 * flows),
  });
}

export function openObject(name: string, maps: Readonly<Record<string, number>> = {}): Opened {
  const { object, ...programs } = loadTap(name, maps);
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

export interface LoadedTap {
  readonly object: BpfObject;
  readonly ingressProgram: Fd;
  readonly egressProgram: Fd;
}

/** An object of one program a hook: `NAME_ingress` and `NAME_egress`. */
export function loadTap(name: string, maps: Readonly<Record<string, number>> = {}): LoadedTap {
  const object = BpfObject.open(`build/bpf/${name}.bpf.o`);
  for (const [map, entries] of Object.entries(maps)) object.maxEntries(map, entries);
  try {
    object.load();
  } catch (error) {
    object.close();
    throw error;
  }
  return {
    object,
    ingressProgram: object.program(`${name}_ingress`).fd,
    egressProgram: object.program(`${name}_egress`).fd,
  };
}

export function openMonitor(
  flows: number,
  options: Omit<MonitorOptions, 'host' | 'maxFlows'>,
): Opened {
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
