/** Live traffic past each contender in turn: one connection set, short slices, round after round. */
import { setTimeout as sleep } from 'node:timers/promises';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import type { BenchOptions } from '../bench.js';
import { turns } from '../harness/turns.js';
import { Bed, type Entrant } from './bed.js';
import { type Target, targetAt } from '../harness/target.js';
import { type Contender, COUNTED, RATED } from './contenders.js';
import type { EndCounters } from '../harness/end-counters.js';
import type { LiveSample } from './live-sample.js';
import { FLOWS, MODES, type Mode } from './modes.js';
import {
  nsPerRun,
  runsBetween,
  TapPrograms,
  withStatistics,
} from '../harness/program-statistics.js';
import type { Plan } from './plan.js';
import type { Rate, Traffic } from '../harness/traffic.js';

export async function measureLive(plan: Plan, options: BenchOptions): Promise<LiveSample[]> {
  const samples: LiveSample[] = [];
  for (const mode of MODES) samples.push(...(await measureMode(mode, plan, options)));
  return samples;
}

async function measureMode(mode: Mode, plan: Plan, options: BenchOptions): Promise<LiveSample[]> {
  const { signal, progress } = options;
  signal.throwIfAborted();
  const bed = await Bed.open(FLOWS);
  try {
    const target = await targetAt(bed.clientNetns, bed.pair.client);
    const traffic = await mode.start(bed.pair);
    const slice = { mode: mode.id, plan, target, traffic, signal };
    const of = (contenders: readonly Contender[]): Entrant[] =>
      bed.entrants.filter(({ contender }) => contenders.includes(contender));
    progress(`${mode.id}: ns a packet, ${plan.costRounds} rounds`);
    const samples = await withStatistics(() => rounds(plan.costRounds, of(COUNTED), slice, true));
    if (!mode.rates) return samples;
    progress(`${mode.id}: rates, ${plan.rateRounds} rounds`);
    return [...samples, ...(await rounds(plan.rateRounds, of(RATED), slice, false))];
  } finally {
    await bed.close();
  }
}

interface Slice {
  readonly mode: string;
  readonly plan: Plan;
  readonly target: Target;
  readonly traffic: Traffic;
  readonly signal: AbortSignal;
}

async function rounds(
  count: number,
  entrants: readonly Entrant[],
  slice: Slice,
  statistics: boolean,
): Promise<LiveSample[]> {
  const samples: LiveSample[] = [];
  for (let round = 0; round < count; round++)
    for (const entrant of turns(entrants, round))
      samples.push(await measureSlice(entrant, round, slice, statistics));
  return samples;
}

async function measureSlice(
  { contender, opened }: Entrant,
  round: number,
  { mode, plan, target, traffic, signal }: Slice,
  statistics: boolean,
): Promise<LiveSample> {
  const detach = opened.attach(target);
  const programs = TapPrograms.at(target);
  try {
    // Flows that it has not seen since its last turn are found again, or made, untimed.
    await sleep(plan.settleMs, undefined, { signal });
    traffic.begin();
    const before = { ends: traffic.clientCounters(), runs: programs?.read() };
    await sleep(plan.sliceMs, undefined, { signal });
    const after = { ends: traffic.clientCounters(), runs: programs?.read() };
    const rate = await traffic.end();
    const runs = before.runs && after.runs && runsBetween(before.runs, after.runs);
    if (!statistics && runs && runs.egress.count > 0)
      throw new NetverdictError(
        'NV_INTERNAL',
        'statistics of eBPF programs are on (kernel.bpf_stats_enabled, or another process): throughput would suffer',
      );
    return {
      mode,
      contender: contender.name,
      round,
      egress_ns: statistics && runs ? nsPerRun(runs.egress) : null,
      ingress_ns: statistics && runs ? nsPerRun(runs.ingress) : null,
      ...rateFields(rate),
      ...packetFields(before.ends, after.ends),
    };
  } finally {
    programs?.close();
    detach();
    opened.sweep();
  }
}

const rateFields = ({ perSecond, p50Us, p99Us }: Rate) => ({
  per_second: perSecond,
  p50_us: p50Us,
  p99_us: p99Us,
});

function packetFields(before: EndCounters, after: EndCounters) {
  const grown = (counter: keyof EndCounters): number => after[counter] - before[counter];
  return {
    egress_bytes_per_packet: grown('sentBytes') / grown('sentPackets'),
    ingress_bytes_per_packet: grown('receivedBytes') / grown('receivedPackets'),
    ingress_per_egress: grown('receivedPackets') / grown('sentPackets'),
    retransmitted: grown('retransmitted'),
  };
}
