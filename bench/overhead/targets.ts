/** What the monitor is held against. */
import { type Spread, spreadOf } from '../harness/spread.js';
import { EMPTY, HOST_INT, MONITOR, PAPER } from './contenders.js';
import { LOADS } from './loads.js';
import type { Measured } from './measure.js';
import type { CostSample } from './samples.js';
import { netCosts, pairings } from './summary.js';

export interface Judgement {
  readonly what: string;
  readonly where: string;
  readonly digits: number;
  readonly least: number;
  readonly spread: Spread | null;
  readonly met: boolean;
}

const sender = (c: CostSample): number => c.sender_egress + c.sender_ingress;
const receiver = (c: CostSample): number => c.receiver_egress + c.receiver_ingress;

export function judge(measured: Measured): Judgement[] {
  const saturated = LOADS.filter((load) => load.saturated).map(({ id }) => id);
  return [
    ...saturated.map((load) =>
      judgement(
        'throughput against the empty program',
        load,
        3,
        0.98,
        againstEmpty(measured, load),
      ),
    ),
    ...times(measured, 'the paper’s design costs a packet', PAPER, 5),
    ...times(measured, 'a record a packet with its default wake-up costs', HOST_INT, 10),
  ];
}

function againstEmpty({ samples }: Measured, load: string): number[] {
  const empty = pairings(samples, load, EMPTY);
  return pairings(samples, load, MONITOR).flatMap(({ round, throughput }) => {
    const other = empty.find((e) => e.round === round);
    return other ? [throughput / other.throughput] : [];
  });
}

function times({ costs }: Measured, what: string, other: string, least: number): Judgement[] {
  const of = (load: string, value: (c: CostSample) => number): number[] => {
    const own = netCosts(costs, load, MONITOR, value);
    return netCosts(costs, load, other, value).map((net, round) => net / (own[round] ?? NaN));
  };
  return ['tso', 'mss'].flatMap((load) => [
    judgement(what, `${load}, both hooks of the sender`, 1, least, of(load, sender)),
    judgement(what, `${load}, both hooks of the receiver`, 1, least, of(load, receiver)),
  ]);
}

function judgement(
  what: string,
  where: string,
  digits: number,
  least: number,
  values: readonly number[],
): Judgement {
  const spread = spreadOf(values);
  return { what, where, digits, least, spread, met: spread !== null && spread.median >= least };
}
