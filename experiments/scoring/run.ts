/** One run of a scenario against the real system: a fresh testbed, analyzer and agents. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { artifact } from '../../primitives/common/artifacts.js';
import { type Fault, type Label, SET_ASIDE } from '../faults/index.js';
import { startTraffic, startTrafficOf } from '../scenarios/cast.js';
import { Cluster } from '../scenarios/cluster.js';
import { runScenario, SILENT } from '../scenarios/scenario.js';
import { Testbed } from '../testbed/index.js';
import type { Plan, Roles } from '../testbed/plan.js';
import type { ServiceMode } from '../testbed/services.js';
import type { TrafficId } from '../workloads/index.js';
import type { RunRecord, Seal } from './record.js';
import { alertsOf } from './triggers.js';

const LISTEN = '127.0.0.1:7431';
/** What tells of faults: the analyzer finds these folders empty. */
const SEALED = ['experiments', 'dist/experiments'].map(artifact);

export interface RunOptions {
  /** Health before the injection; more if the fault asks for more. */
  readonly pastMs: number;
  /** Clients ask for service addresses, which their host translates. */
  readonly services?: ServiceMode | undefined;
  readonly roles?: Roles;
  /** Instead of the baseline's. */
  readonly traffic?: TrafficId | undefined;
  /** More folders that the analyzer must not see. */
  readonly sealed?: readonly string[];
  /** Hears of the system before it is stopped. */
  readonly keep?: (cluster: Cluster) => Promise<void>;
  /** Aborted: what the run made is taken back, and it rejects. */
  readonly signal: AbortSignal;
}

export interface Run {
  readonly record: RunRecord;
  readonly seal: Seal;
}

export async function observe(fault: Fault, run: number, options: RunOptions): Promise<Run> {
  const { pastMs, services, roles, traffic, sealed = [], keep, signal } = options;
  signal.throwIfAborted();
  const testbed = await Testbed.build({
    id: 'score',
    ...(services && { services }),
    ...(roles && { roles }),
  });
  try {
    const cast = traffic
      ? await startTrafficOf(traffic, testbed, fault)
      : (await startTraffic(testbed, [fault]))(fault);
    const hidden = [...SEALED, ...sealed];
    const cluster = await Cluster.start(testbed, LISTEN, { signal, hidden });
    try {
      const healthyFrom = new Date();
      await sleep(Math.max(pastMs, fault.baselineMs ?? 0), undefined, { signal });
      const setting = { testbed, cluster, cast, progress: SILENT, signal };
      const outcome = await runScenario(fault, setting);
      const record: RunRecord = {
        run,
        healthy_from: healthyFrom.toISOString(),
        injected_at: outcome.injectedAt.toISOString(),
        undone_at: outcome.undoneAt.toISOString(),
        ended_at: new Date().toISOString(),
        victims: cast.victims.map(({ flow, workload, reports }) => ({ flow, workload, reports })),
        incidents: outcome.incidents,
        earlier: outcome.earlier,
        alerts: await alertsOf(cluster, outcome.injectedAt),
      };
      await keep?.(cluster);
      return { record, seal: sealOf(fault, testbed.plan, traffic ?? null) };
    } finally {
      await cluster.stop();
    }
  } finally {
    await testbed.destroy();
  }
}

const sealOf = (fault: Fault, plan: Plan, traffic: TrafficId | null): Seal => ({
  traffic,
  scenario: fault.id,
  strength: fault.strength ?? null,
  set_aside: SET_ASIDE.some(({ id }) => id === fault.id),
  label: fault.label && labelIn(plan, fault.label),
  ...(fault.also && { also: labelIn(plan, fault.also) }),
});

/** Faults speak of parts, verdicts of the hosts and pods that play them. */
function labelIn({ hosts }: Plan, label: Label): Label {
  const { host, culprit } = label;
  const played = Object.values(hosts);
  const podOf = (role: string, number: string): string =>
    played.find((h) => h.role === role)?.pods[Number(number) - 1]?.name ?? '';
  return {
    ...label,
    host: played.find(({ role }) => role === host)?.id ?? null,
    ...(culprit !== undefined && {
      culprit: culprit.replace(/\b([abc])-p([12])\b/, (_, role: string, n: string) =>
        podOf(role, n),
      ),
    }),
  };
}

/** A file for each incident, the false ones of before too: what `netverdict replay` takes. Labels are not in it. */
export async function keepBundles(cluster: Cluster, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const { id } of await cluster.incidents())
    await writeFile(join(to, `${id}.json`), await cluster.bundle(id));
}
