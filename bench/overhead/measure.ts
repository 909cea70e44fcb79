/** Each load past each contender in turn, with a native slice before and after every one. */
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../../experiments/results/quantile.js';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import type { BenchOptions } from '../bench.js';
import {
  nsPerRun,
  runsBetween,
  TapPrograms,
  type TapRuns,
  withStatistics,
} from '../harness/program-statistics.js';
import type { Traffic } from '../harness/traffic.js';
import { turns } from '../harness/turns.js';
import { type Contender, CONTENDERS, NATIVE } from './contenders.js';
import { cpuShares, cpuTime } from './cpu-time.js';
import { Hosts } from './hosts.js';
import { FLOWS, type Load, LOADS } from './loads.js';
import type { Attached, Opened } from './opened.js';
import type { Plan } from './plan.js';
import type { CostSample, Sample } from './samples.js';

export interface Measured {
  readonly samples: Sample[];
  readonly costs: CostSample[];
}

interface Entrant {
  readonly contender: Contender;
  readonly opened: Opened;
}

interface Run {
  readonly load: Load;
  readonly plan: Plan;
  readonly hosts: Hosts;
  readonly entrants: readonly Entrant[];
  readonly traffic: Traffic;
  readonly signal: AbortSignal;
}

export async function measure(plan: Plan, options: BenchOptions): Promise<Measured> {
  const { signal } = options;
  const measured: Measured = { samples: [], costs: [] };
  const hosts = await Hosts.build();
  const entrants: Entrant[] = [];
  try {
    for (const contender of CONTENDERS)
      entrants.push({ contender, opened: await contender.open(hosts, FLOWS) });
    for (const load of LOADS) {
      signal.throwIfAborted();
      const traffic = await load.start(hosts, ceilingOf(measured));
      const { samples, costs } = await measureLoad(
        { load, plan, hosts, entrants, traffic, signal },
        options,
      );
      await traffic.stop();
      measured.samples.push(...samples);
      measured.costs.push(...costs);
    }
    return measured;
  } finally {
    for (const { opened } of entrants) opened.close();
    await hosts.destroy();
  }
}

/** What the path carried natively under the first load, bytes per second. */
export const ceilingOf = ({ samples }: Measured): number =>
  median(
    samples
      .filter(({ load, contender }) => load === LOADS[0]?.id && contender === NATIVE)
      .map((s) => s.bytes_per_second),
  ) ?? NaN;

async function measureLoad(run: Run, { progress }: BenchOptions): Promise<Measured> {
  const { load, plan } = run;
  progress(`${load.id}: ${plan.rounds} rounds`);
  const samples = await rounds(run);
  progress(`${load.id}: ns a packet, ${plan.costRounds} rounds`);
  return { samples, costs: await withStatistics(() => costRounds(run)) };
}

const nothing = (): Promise<Attached> => Promise.resolve({ detach: () => Promise.resolve(0) });

async function rounds(run: Run): Promise<Sample[]> {
  const samples: Sample[] = [];
  const add = async (round: number, contender: string, attach: () => Promise<Attached>) => {
    const slice = await measureSlice(run, attach);
    samples.push({ load: run.load.id, contender, round, place: samples.length, ...slice });
  };
  await add(0, NATIVE, nothing);
  for (let round = 0; round < run.plan.rounds; round++)
    for (const { contender, opened } of turns(run.entrants, round)) {
      await add(round, contender.name, () => opened.attach());
      await add(round, NATIVE, nothing);
    }
  return samples;
}

type Slice = Omit<Sample, 'load' | 'contender' | 'round' | 'place'>;

async function measureSlice(run: Run, attach: () => Promise<Attached>): Promise<Slice> {
  const attached = await attach();
  const timed = await time(run).catch(async (error: unknown) => {
    await attached.detach();
    throw error;
  });
  return { ...timed, missed: await attached.detach() };
}

async function time({ plan, traffic, signal }: Run): Promise<Omit<Slice, 'missed'>> {
  await sleep(plan.settleMs, undefined, { signal });
  const before = cpuTime();
  traffic.begin();
  await sleep(plan.sliceMs, undefined, { signal });
  const { perSecond } = await traffic.end();
  const { busy, stolen } = cpuShares(before, cpuTime());
  return { bytes_per_second: perSecond, cpu_share: busy, stolen_share: stolen };
}

async function costRounds(run: Run): Promise<CostSample[]> {
  const samples: CostSample[] = [];
  const counted = run.entrants.filter(({ contender }) => contender.programs);
  for (let round = 0; round < run.plan.costRounds; round++)
    for (const { contender, opened } of turns(counted, round)) {
      const costs = await measureCosts(run, opened);
      samples.push({ load: run.load.id, contender: contender.name, round, ...costs });
    }
  return samples;
}

async function measureCosts(
  { hosts, plan, signal }: Run,
  opened: Opened,
): Promise<Omit<CostSample, 'load' | 'contender' | 'round'>> {
  const attached = await opened.attach();
  const [sender, receiver] = hosts.all.map(({ target }) => TapPrograms.at(target));
  try {
    if (!sender || !receiver) throw new NetverdictError('NV_INTERNAL', 'a hook has no program');
    await sleep(plan.settleMs, undefined, { signal });
    const before = { sender: sender.read(), receiver: receiver.read() };
    await sleep(plan.costMs, undefined, { signal });
    const out = nsOf(before.sender, sender.read());
    const back = nsOf(before.receiver, receiver.read());
    return {
      sender_egress: out.egress,
      sender_ingress: out.ingress,
      receiver_egress: back.egress,
      receiver_ingress: back.ingress,
    };
  } finally {
    sender?.close();
    receiver?.close();
    await attached.detach();
  }
}

function nsOf(before: TapRuns, after: TapRuns): { egress: number; ingress: number } {
  const { egress, ingress } = runsBetween(before, after);
  return { egress: nsPerRun(egress), ingress: nsPerRun(ingress) };
}
