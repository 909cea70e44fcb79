/**
 * Runs scenarios again and again against the real system and holds the verdicts against the sealed labels. Each run is a
 * fresh testbed, analyzer and agents. A run counts only if its fault hurt its victim by the client's own account; the
 * others are void, reported apart.
 */
import { join } from 'node:path';
import { DEMO_FAULTS, type Fault, faultById, FAULTS, PAIRS, SET_ASIDE } from '../faults/index.js';
import { provenance } from '../results/provenance.js';
import { save } from '../results/save.js';
import type { ServiceMode } from '../testbed/services.js';
import type { TrafficId } from '../workloads/index.js';
import type { Score } from './record.js';
import { judge } from './judge.js';
import { keepBundles, observe } from './run.js';
import { render } from './table.js';
import { renderTriggers } from './trigger-table.js';

export interface Order {
  readonly faults: readonly Fault[];
  readonly runs: number;
  /** Health before the fault, more if it asks for more. */
  readonly pastMs: number;
  readonly services: ServiceMode | undefined;
  /** Of the victims, instead of the baseline's. */
  readonly traffic: TrafficId | undefined;
  /** Path of the verdicts that are kept, without its ending. */
  readonly out: string | undefined;
  /** Likewise of what raised an alert first, and when. */
  readonly triggers: string | undefined;
  /** Folder for what verdicts were read from, to replay them. */
  readonly keep: string | undefined;
  /** Makes the same again. */
  readonly command: string;
}

/** `all` is every fault and every healthy control; `set_aside` are those that no rule was made with, `pairs` two at once. */
const LISTS: Readonly<Record<string, readonly Fault[]>> = {
  all: FAULTS,
  set_aside: SET_ASIDE,
  pairs: PAIRS,
};

/** By name, or by that of a list; without one, a fault of each domain, and health. */
export function faultsNamed(ids: readonly string[]): readonly Fault[] {
  if (ids.length === 0) return [...DEMO_FAULTS, faultById('healthy')];
  return ids.flatMap((id) => LISTS[id] ?? [faultById(id)]);
}

/** True if every run is right. When interrupted, what was measured by then is kept. */
export async function score(order: Order, signal: AbortSignal): Promise<boolean> {
  const scores = await measure(order, signal);
  tell(scores, order);
  if (signal.aborted) process.stderr.write('experiment: interrupted\n');
  return !signal.aborted && scores.every((s) => s.result === 'right');
}

/** Those that came to their end before the signal. */
async function measure(order: Order, signal: AbortSignal): Promise<Score[]> {
  const scores: Score[] = [];
  try {
    for (const fault of order.faults)
      for (let run = 1; run <= order.runs; run++) {
        const score = await scoreRun(fault, run, order, signal);
        scores.push(score);
        process.stderr.write(`${lineOf(score)}\n`);
      }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return scores;
}

async function scoreRun(
  fault: Fault,
  run: number,
  { pastMs, services, traffic, keep }: Order,
  signal: AbortSignal,
): Promise<Score> {
  const { record, seal } = await observe(fault, run, {
    pastMs,
    services,
    traffic,
    signal,
    ...(keep !== undefined && {
      keep: (cluster) => keepBundles(cluster, join(keep, `${fault.id}-${run}`)),
    }),
  });
  return judge(record, seal);
}

export const lineOf = (s: Score): string =>
  `${s.result.padEnd(5)}  ${s.scenario} ${s.run}: ${s.domain ?? 'no incident'} ${s.host ?? ''} ${s.cause ?? ''} ` +
  `trigger ${s.triggers.first_kind ?? 'none'} ${s.triggers.first_s ?? '-'} s, ` +
  `detection ${s.detection_s ?? '-'} s, verdict ${s.verdict_s ?? '-'} s`;

function tell(scores: readonly Score[], { faults, out, triggers, command }: Order): void {
  const made = provenance(command);
  const table = render(scores, faults, made);
  const triggerTable = renderTriggers(scores, faults, made);
  process.stdout.write(`${table}\n${triggerTable}`);
  if (out !== undefined) save(out, table, scores);
  if (triggers === undefined) return;
  const rows = scores.map(({ scenario, run, result, triggers: t }) => ({
    scenario,
    run,
    result,
    ...t,
  }));
  save(triggers, triggerTable, rows);
}
