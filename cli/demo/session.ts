/** One demo from the first namespace to the last, whatever way it ends but SIGKILL (the next start removes that). */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../../experiments/faults/index.js';
import { startTraffic } from '../../experiments/scenarios/cast.js';
import { Cluster } from '../../experiments/scenarios/cluster.js';
import {
  isRight,
  type Outcome,
  runScenario,
  type Setting,
} from '../../experiments/scenarios/scenario.js';
import { cleanLeftovers, Testbed } from '../../experiments/testbed/index.js';
import type { Incident } from '../../analyzer/incidents/incident.js';
import type { Progress } from './progress.js';

export interface Session {
  readonly faults: readonly Fault[];
  readonly listen: string;
  /** Ends after the last verdict instead of serving the page until it is interrupted. */
  readonly once: boolean;
  readonly progress: Progress;
  readonly show: (incident: Incident) => void;
}

const BASELINE_MS = 6000;

/** Answers whether every fault got its verdict. Rejects when `signal` is aborted before the last one; all is removed. */
export async function runSession(session: Session, signal: AbortSignal): Promise<boolean> {
  const { faults, listen, progress } = session;
  for (const removed of await cleanLeftovers())
    progress.step('clean', `an earlier run left something: ${removed}`);
  const testbed = await Testbed.build({ id: 'demo' });
  try {
    signal.throwIfAborted();
    progress.step('topology', 'hosts a, b, c with two pods each, VXLAN over a routed middle');
    // Before the agents: in a cluster, too, they come to traffic that is there.
    const castOf = await startTraffic(testbed, faults);
    const cluster = await Cluster.start(testbed, listen, { signal });
    try {
      progress.step('agents', `one per host, analyzer and page at ${cluster.url}`);
      await sleep(BASELINE_MS, undefined, { signal });
      progress.step('baseline', `${BASELINE_MS / 1000} s of healthy traffic`);
      let right = true;
      for (const fault of faults) {
        const cast = castOf(fault);
        const setting: Setting = { testbed, cluster, cast, progress, closes: true, signal };
        right = tell(await runScenario(fault, setting), session) && right;
      }
      if (!session.once) {
        progress.step('page', `stays at ${cluster.url} until Ctrl-C`);
        if (!signal.aborted) await once(signal, 'abort');
      }
      return right;
    } finally {
      await cluster.stop();
    }
  } finally {
    await testbed.destroy();
  }
}

function tell(outcome: Outcome, { progress, show }: Session): boolean {
  const { fault, incidents } = outcome;
  for (const incident of incidents) {
    if (incident.verdict === null) progress.step('verdict', 'none in time');
    show(incident);
  }
  if (incidents.length === 0) progress.verdictless(fault.label === null);
  return isRight(outcome);
}
