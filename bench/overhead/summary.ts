/** From slices to figures: each of a contender is against the mean of the native slices just before and after it. */
import { spreadOf, type Spread } from '../harness/spread.js';
import { CONTENDERS, EMPTY, NATIVE, type Published } from './contenders.js';
import { LOADS } from './loads.js';
import type { Measured } from './measure.js';
import type { CostSample, Sample } from './samples.js';

/** A slice against its neighbours. */
export interface Pairing {
  readonly round: number;
  /** Of native. */
  readonly throughput: number;
  /** Processors' time above native, in points of a hundred: 1 is a hundredth of all processors. */
  readonly cpu_points: number;
  /** Processors' time for a byte, of native. */
  readonly cpu_per_byte: number;
  /** The native slice after it against the one before: what happened meanwhile by itself. */
  readonly drift: number;
}

export interface Row {
  readonly load: string;
  readonly contender: string;
  readonly published: Published | null;
  readonly throughput: Spread | null;
  readonly cpu_points: Spread | null;
  readonly cpu_per_byte: Spread | null;
  /** Not compared with anything. */
  readonly gbit_per_second: Spread | null;
  readonly cpu_percent: Spread | null;
  /** Size of the drift, whichever way. */
  readonly drift: Spread | null;
  readonly missed: Spread | null;
}

export const HOOKS = [
  'sender_egress',
  'sender_ingress',
  'receiver_egress',
  'receiver_ingress',
] as const;
type Hook = (typeof HOOKS)[number];

export interface CostRow extends Readonly<Record<Hook, Spread | null>> {
  readonly load: string;
  readonly contender: string;
}

export interface Summary {
  readonly rows: readonly Row[];
  /** ns above the empty program; its own row is what it read itself. */
  readonly costs: readonly CostRow[];
}

export const summarize = ({ samples, costs }: Measured): Summary => ({
  rows: LOADS.flatMap(({ id }) =>
    [NATIVE, ...CONTENDERS.map(({ name }) => name)].map((name) => rowOf(samples, id, name)),
  ),
  costs: LOADS.flatMap(({ id }) =>
    CONTENDERS.filter(({ programs }) => programs).map(({ name }) => costRow(costs, id, name)),
  ),
});

function rowOf(samples: readonly Sample[], load: string, contender: string): Row {
  const own = samples.filter((s) => s.load === load && s.contender === contender);
  const pairs = pairings(samples, load, contender);
  const spread = (value: (pairing: Pairing) => number): Spread | null => spreadOf(pairs.map(value));
  return {
    load,
    contender,
    published: CONTENDERS.find(({ name }) => name === contender)?.published ?? null,
    throughput: spread((p) => p.throughput),
    cpu_points: spread((p) => p.cpu_points),
    cpu_per_byte: spread((p) => p.cpu_per_byte),
    gbit_per_second: spreadOf(own.map((s) => (s.bytes_per_second * 8) / 1e9)),
    cpu_percent: spreadOf(own.map((s) => s.cpu_share * 100)),
    drift: spread((p) => Math.abs(p.drift - 1)),
    missed: spreadOf(own.map((s) => s.missed)),
  };
}

/** The native ones are held against the native before and after: twice as far away, they show the noise. */
export function pairings(samples: readonly Sample[], load: string, contender: string): Pairing[] {
  const inLoad = samples.filter((s) => s.load === load);
  const reach = contender === NATIVE ? 2 : 1;
  return inLoad.flatMap((own): Pairing[] => {
    if (own.contender !== contender) return [];
    const before = inLoad.find(({ place }) => place === own.place - reach);
    const after = inLoad.find(({ place }) => place === own.place + reach);
    return before && after ? [pairing(own, before, after)] : [];
  });
}

function pairing(own: Sample, before: Sample, after: Sample): Pairing {
  const bytes = (before.bytes_per_second + after.bytes_per_second) / 2;
  const cpu = (before.cpu_share + after.cpu_share) / 2;
  return {
    round: own.round,
    throughput: own.bytes_per_second / bytes,
    cpu_points: (own.cpu_share - cpu) * 100,
    cpu_per_byte: own.cpu_share / own.bytes_per_second / (cpu / bytes),
    drift: after.bytes_per_second / before.bytes_per_second,
  };
}

function costRow(costs: readonly CostSample[], load: string, contender: string): CostRow {
  const spread = (hook: Hook): Spread | null =>
    spreadOf(netCosts(costs, load, contender, (c) => c[hook]));
  return {
    load,
    contender,
    sender_egress: spread('sender_egress'),
    sender_ingress: spread('sender_ingress'),
    receiver_egress: spread('receiver_egress'),
    receiver_ingress: spread('receiver_ingress'),
  };
}

/** Round by round, above the empty program; of the empty one what it read itself. */
export function netCosts(
  costs: readonly CostSample[],
  load: string,
  contender: string,
  value: (sample: CostSample) => number,
): number[] {
  const of = (name: string): CostSample[] =>
    costs.filter((c) => c.load === load && c.contender === name);
  if (contender === EMPTY) return of(EMPTY).map(value);
  return of(contender).flatMap((own) => {
    const empty = of(EMPTY).find(({ round }) => round === own.round);
    return empty ? [value(own) - value(empty)] : [];
  });
}
