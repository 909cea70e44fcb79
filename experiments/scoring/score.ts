/**
 * Runs scenarios again and again against the real system and holds the verdicts against the sealed labels:
 *
 *   npx tsx experiments/scoring/score.ts [--runs 10] [--past 6] [--services dnat|masquerade] [--out docs/results/NAME]
 *     [--triggers docs/results/NAME] [SCENARIO...]
 *
 * SCENARIO `all` is every fault and every healthy control. --triggers writes what raised an alert first, and when; --past
 * is how many seconds of health come before, more if the fault asks for more: sequential tests need 17 to speak at all.
 * With --services clients ask for service addresses, which their host translates.
 * Each run is a fresh testbed, analyzer and agents. A run counts only if its fault hurt its victim by the client's own
 * account; the others are void, reported apart. Exit 0: every run is right. Exit 1: one is wrong or void.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Cast, DEMO_FAULTS, type Fault, faultById, FAULTS } from '../faults/index.js';
import { provenance } from '../results/provenance.js';
import { save } from '../results/save.js';
import { startTraffic } from '../scenarios/cast.js';
import { Cluster } from '../scenarios/cluster.js';
import { type Outcome, runScenario, SILENT } from '../scenarios/scenario.js';
import { NetverdictError } from '../../primitives/common/errors/index.js';
import { Testbed } from '../testbed/index.js';
import { SERVICE_MODES, type ServiceMode } from '../testbed/services.js';
import { isHurt, worstHarm } from './harm.js';
import type { Score } from './record.js';
import { render } from './table.js';
import { renderTriggers } from './trigger-table.js';
import { alertsOf, triggersOf, type Triggers } from './triggers.js';

const LISTEN = '127.0.0.1:7431';

async function once(
  fault: Fault,
  run: number,
  pastMs: number,
  services: ServiceMode | undefined,
): Promise<Score> {
  const testbed = await Testbed.build({ id: 'score', ...(services && { services }) });
  try {
    const cast = startTraffic(testbed, [fault])(fault);
    const cluster = await Cluster.start(testbed, LISTEN);
    try {
      await sleep(Math.max(pastMs, fault.baselineMs ?? 0));
      const setting = { testbed, cluster, cast, progress: SILENT };
      const outcome = await runScenario(fault, setting);
      const alerts = await alertsOf(cluster, outcome.injectedAt);
      const flows = fault.label === null ? null : cast.victims.map((v) => v.flow);
      const lastedS = (outcome.undoneAt.getTime() - outcome.injectedAt.getTime()) / 1000;
      return score(outcome, cast, run, triggersOf(alerts, flows, lastedS));
    } finally {
      await cluster.stop();
    }
  } finally {
    await testbed.destroy();
  }
}

function score(outcome: Outcome, cast: Cast, run: number, triggers: Triggers): Score {
  const { fault, injectedAt, undoneAt, incidents, earlier } = outcome;
  const { label } = fault;
  const incident = incidents[0];
  const verdict = incident?.verdict ?? null;
  const since = (at: string | null | undefined): number | null =>
    at ? Number(((Date.parse(at) - injectedAt.getTime()) / 1000).toFixed(2)) : null;
  const harm = worstHarm(cast.victims, injectedAt, undoneAt);
  const hurt = harm !== null && isHurt(harm);
  const silent = incidents.length + earlier === 0;
  const blamed = verdict?.domain === label?.domain && verdict?.host === label?.host;
  const right = label === null ? silent : earlier === 0 && incidents.length === 1 && blamed;
  return {
    scenario: fault.id,
    run,
    harm,
    hurt,
    // A fault without effect is a healthy control, and a control that hurts is none.
    result: hurt !== (label !== null) ? 'void' : right ? 'right' : 'wrong',
    incidents: incidents.length,
    earlier,
    domain: verdict?.domain ?? null,
    host: verdict?.host ?? null,
    cause: verdict?.cause ?? null,
    confidence: verdict?.confidence ?? null,
    cause_right: label === null ? silent : right && verdict?.cause === label.cause,
    detection_s: since(incident?.timing.triggered_at),
    verdict_s: since(incident?.timing.verdict_at),
    trace_events: incident?.timing.trace_events ?? null,
    records_lost: incident?.data_quality.records_lost ?? null,
    triggers,
  };
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '10' },
    past: { type: 'string', default: '6' },
    services: { type: 'string' },
    out: { type: 'string' },
    triggers: { type: 'string' },
  },
});
const named = positionals.flatMap((id) => (id === 'all' ? FAULTS : [faultById(id)]));
const faults = named.length > 0 ? named : [...DEMO_FAULTS, faultById('healthy')];
const services = SERVICE_MODES.find((mode) => mode === values.services);
if (values.services !== undefined && !services)
  throw new NetverdictError('NV_USAGE', `--services takes ${SERVICE_MODES.join(' or ')}`);
const scores: Score[] = [];
for (const fault of faults) {
  for (let run = 1; run <= Number(values.runs); run++) {
    const result = await once(fault, run, 1000 * Number(values.past), services);
    scores.push(result);
    process.stderr.write(
      `${result.result.padEnd(5)}  ${result.scenario} ${run}: ${result.domain ?? 'no incident'} ` +
        `${result.host ?? ''} ${result.cause ?? ''} trigger ${result.triggers.first_kind ?? 'none'} ${result.triggers.first_s ?? '-'} s, detection ${result.detection_s ?? '-'} s, verdict ${result.verdict_s ?? '-'} s\n`,
    );
  }
}
const command = ['npx tsx experiments/scoring/score.ts', ...process.argv.slice(2)].join(' ');
const made = provenance(command);
const table = render(scores, faults, made);
const triggerTable = renderTriggers(scores, faults, made);
process.stdout.write(`${table}\n${triggerTable}`);
if (values.out !== undefined) save(values.out, table, scores);
if (values.triggers !== undefined)
  save(
    values.triggers,
    triggerTable,
    scores.map(({ scenario, run, result, triggers }) => ({ scenario, run, result, ...triggers })),
  );
process.exitCode = scores.every((s) => s.result === 'right') ? 0 : 1;
