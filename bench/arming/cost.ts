/** What a packet costs beside the tracer: with the monitor alone, once a flow was traced, and while one is. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Pair } from '../../experiments/testbed/pair.js';
import type { FlowTuple } from '../../primitives/common/bpf/flow-key.js';
import { Netns } from '../../primitives/common/loader/index.js';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import { Monitor } from '../../primitives/monitor/index.js';
import { Tracer } from '../../primitives/tracer/index.js';
import type { BenchOptions } from '../bench.js';
import {
  nsPerRun,
  runsBetween,
  TapPrograms,
  withStatistics,
} from '../harness/program-statistics.js';
import { targetAt } from '../harness/target.js';
import { turns } from '../harness/turns.js';
import { MODES } from '../per-packet-cost/modes.js';
import type { Plan } from './plan.js';

const MODE = 'paced';
const SETTLE_MS = 400;
/** Of nobody: what is armed is not what is timed. */
const OTHER_FLOW: FlowTuple = {
  ...{ src: '192.0.2.1', src_port: 1, dst: '192.0.2.2', dst_port: 2, protocol: 6 },
};

export const STATES = ['monitor alone', 'disarmed', 'another flow armed'] as const;
export type State = (typeof STATES)[number];

export interface CostSample {
  readonly state: State;
  readonly round: number;
  readonly egress_ns: number;
  readonly ingress_ns: number;
}

export async function measureCost(
  { costRounds, sliceMs }: Plan,
  { signal, progress }: BenchOptions,
): Promise<CostSample[]> {
  progress(`${MODE}: ns a packet, ${costRounds} rounds`);
  const mode = MODES.find(({ id }) => id === MODE);
  const pair = await Pair.build('arming');
  const netns = Netns.open(pair.client.netns);
  const monitor = Monitor.open({ host: 'bench' });
  try {
    monitor.onAlert(() => undefined);
    const target = await targetAt(netns, pair.client);
    const { ifindex, ifname } = target;
    monitor.attach({ netnsFd: netns.fd, ifindex, ifname, role: 'uplink', pod: '' });
    const traffic = await mode?.start(pair);
    const samples: CostSample[] = [];
    await withStatistics(async () => {
      for (let round = 0; round < costRounds; round++)
        for (const state of turns([...STATES], round)) {
          const tracer = bring(state, monitor, netns, ifindex);
          await sleep(SETTLE_MS, undefined, { signal });
          traffic?.begin();
          const programs = TapPrograms.at(target);
          const before = programs?.read();
          await sleep(sliceMs, undefined, { signal });
          const after = programs?.read();
          programs?.close();
          await traffic?.end();
          tracer?.close();
          monitor.setArmed([]);
          for (const batch of monitor.sweep()) void batch;
          monitor.drain();
          if (!before || !after) throw new NetverdictError('NV_INTERNAL', 'no program at the tap');
          const { egress, ingress } = runsBetween(before, after);
          samples.push({
            state,
            round,
            egress_ns: nsPerRun(egress),
            ingress_ns: nsPerRun(ingress),
          });
        }
    });
    return samples;
  } finally {
    monitor.close();
    netns.close();
    await pair.destroy();
  }
}

function bring(state: State, monitor: Monitor, netns: Netns, ifindex: number): Tracer | undefined {
  if (state === 'monitor alone') return undefined;
  const tracer = Tracer.open({ cpus: [0, 1] });
  tracer.setScope([netns.inode], [{ netns: netns.inode, ifindex }]);
  tracer.arm([OTHER_FLOW], []);
  monitor.setArmed([OTHER_FLOW]);
  if (state === 'disarmed') {
    tracer.disarm();
    monitor.setArmed([]);
  }
  return tracer;
}
