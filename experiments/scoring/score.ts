/**
 * Runs scenarios again and again against the real system and holds the verdicts against the sealed labels:
 *
 *   npx tsx experiments/scoring/score.ts [--runs 10] [--past 6] [--services dnat|masquerade] [--out docs/results/NAME]
 *     [--triggers docs/results/NAME] [SCENARIO...]
 *
 * SCENARIO `all` is every fault and every healthy control, `set_aside` the faults that no rule was made with. --triggers writes what raised an alert first, and when; --past
 * is how many seconds of health come before, more if the fault asks for more: sequential tests need 17 to speak at all.
 * With --services clients ask for service addresses, which their host translates.
 * Each run is a fresh testbed, analyzer and agents. A run counts only if its fault hurt its victim by the client's own
 * account; the others are void, reported apart. Exit 0: every run is right. Exit 1: one is wrong or void, or it was
 * interrupted; what was measured by then is kept.
 */
import { parseArgs } from 'node:util';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import { DEMO_FAULTS, type Fault, faultById, FAULTS, SET_ASIDE } from '../faults/index.js';
import { provenance } from '../results/provenance.js';
import { save } from '../results/save.js';
import { interruption } from '../testbed/interruption.js';
import { SERVICE_MODES, type ServiceMode } from '../testbed/services.js';
import type { Score } from './record.js';
import { scoreRun } from './run.js';
import { render } from './table.js';
import { renderTriggers } from './trigger-table.js';

interface Order {
  readonly faults: readonly Fault[];
  readonly runs: number;
  readonly pastMs: number;
  readonly services: ServiceMode | undefined;
  readonly out: string | undefined;
  readonly triggers: string | undefined;
}

const LISTS: Readonly<Record<string, readonly Fault[]>> = { all: FAULTS, set_aside: SET_ASIDE };

function orderOf(args: string[]): Order {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      runs: { type: 'string', default: '10' },
      past: { type: 'string', default: '6' },
      services: { type: 'string' },
      out: { type: 'string' },
      triggers: { type: 'string' },
    },
  });
  const named = positionals.flatMap((id) => LISTS[id] ?? [faultById(id)]);
  const services = SERVICE_MODES.find((mode) => mode === values.services);
  if (values.services !== undefined && !services)
    throw new NetverdictError(
      'NV_USAGE',
      `--services "${values.services}": it takes ${SERVICE_MODES.join(' or ')}`,
    );
  return {
    faults: named.length > 0 ? named : [...DEMO_FAULTS, faultById('healthy')],
    runs: wholeNumber('--runs', values.runs),
    pastMs: 1000 * wholeNumber('--past', values.past),
    services,
    out: values.out,
    triggers: values.triggers,
  };
}

function wholeNumber(option: string, text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new NetverdictError('NV_USAGE', `${option} "${text}": it takes a whole number above 0`);
}

/** Those that came to their end before the signal. */
async function measure(order: Order, signal: AbortSignal): Promise<Score[]> {
  const scores: Score[] = [];
  try {
    for (const fault of order.faults)
      for (let run = 1; run <= order.runs; run++) {
        const score = await scoreRun(fault, run, { ...order, signal });
        scores.push(score);
        process.stderr.write(`${lineOf(score)}\n`);
      }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return scores;
}

const lineOf = (s: Score): string =>
  `${s.result.padEnd(5)}  ${s.scenario} ${s.run}: ${s.domain ?? 'no incident'} ${s.host ?? ''} ${s.cause ?? ''} ` +
  `trigger ${s.triggers.first_kind ?? 'none'} ${s.triggers.first_s ?? '-'} s, ` +
  `detection ${s.detection_s ?? '-'} s, verdict ${s.verdict_s ?? '-'} s`;

function tell(scores: readonly Score[], { faults, out, triggers }: Order, command: string): void {
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

const signal = interruption();
const args = process.argv.slice(2);
try {
  const order = orderOf(args);
  const scores = await measure(order, signal);
  tell(scores, order, ['npx tsx experiments/scoring/score.ts', ...args].join(' '));
  if (signal.aborted) process.stderr.write('score: interrupted\n');
  process.exitCode = !signal.aborted && scores.every((s) => s.result === 'right') ? 0 : 1;
} catch (error) {
  process.stderr.write(`score: ${(error as Error).message}\n`);
  process.exitCode = error instanceof NetverdictError ? error.exitCode : 1;
}
