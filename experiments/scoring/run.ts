/** One run of a scenario against the real system, and how its verdict compares with the sealed label. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cast, Fault } from '../faults/index.js';
import { startTraffic } from '../scenarios/cast.js';
import { Cluster } from '../scenarios/cluster.js';
import { type Outcome, runScenario, SILENT } from '../scenarios/scenario.js';
import { Testbed } from '../testbed/index.js';
import type { ServiceMode } from '../testbed/services.js';
import { isHurt, worstHarm } from './harm.js';
import type { Score } from './record.js';
import { alertsOf, triggersOf, type Triggers } from './triggers.js';

const LISTEN = '127.0.0.1:7431';

export interface RunOptions {
  /** Health before the injection; more if the fault asks for more. */
  readonly pastMs: number;
  /** Clients ask for service addresses, which their host translates. */
  readonly services: ServiceMode | undefined;
  /** Folder for what the verdicts of each run were read from. */
  readonly keep: string | undefined;
  /** Aborted: what the run made is taken back, and it rejects. */
  readonly signal: AbortSignal;
}

/** A fresh testbed, analyzer and agents. */
export async function scoreRun(fault: Fault, run: number, options: RunOptions): Promise<Score> {
  const { pastMs, services, signal } = options;
  signal.throwIfAborted();
  const testbed = await Testbed.build({ id: 'score', ...(services && { services }) });
  try {
    const cast = (await startTraffic(testbed, [fault]))(fault);
    const cluster = await Cluster.start(testbed, LISTEN, signal);
    try {
      await sleep(Math.max(pastMs, fault.baselineMs ?? 0), undefined, { signal });
      const setting = { testbed, cluster, cast, progress: SILENT, signal };
      const outcome = await runScenario(fault, setting);
      if (options.keep !== undefined)
        await keepBundles(cluster, join(options.keep, `${fault.id}-${run}`));
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

/** A file for each incident, the false ones of before too: what `netverdict replay` takes. Labels are not in it. */
async function keepBundles(cluster: Cluster, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const { id } of await cluster.incidents())
    await writeFile(join(to, `${id}.json`), await cluster.bundle(id));
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
    strength: fault.strength ?? null,
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
