/** One scenario: inject, watch the system find out, undo. What is injected is never told to the system. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Incident } from '../../analyzer/incidents/incident.js';
import type { Cast, Fault } from '../faults/index.js';
import type { Testbed } from '../testbed/index.js';
import type { Cluster } from './cluster.js';

/** Hears of each step once. */
export interface Progress {
  step(what: string, detail: string): void;
  good(what: string, detail: string): void;
}

export const SILENT: Progress = { step: () => undefined, good: () => undefined };

const VERDICT_WITHIN_MS = 15_000;
/** However soon the verdict: the victims' own reports of whole seconds must show the harm. */
const FAULT_FOR_MS = 4600;
const HEALTHY_FOR_MS = 8000;
/** What ends may look like a fault too. */
const HEALTHY_AFTER_MS = 3000;
const CLOSED_WITHIN_MS = 20_000;
const POLL_MS = 100;

export interface Outcome {
  readonly fault: Fault;
  readonly injectedAt: Date;
  readonly undoneAt: Date;
  /** Incidents that began after the injection, oldest first. */
  readonly incidents: Incident[];
  /** How many began before it. */
  readonly earlier: number;
}

export interface Setting {
  readonly testbed: Testbed;
  readonly cluster: Cluster;
  readonly cast: Cast;
  readonly progress: Progress;
  /** Another scenario follows: wait until the incidents are closed. */
  readonly closes?: boolean;
  /** When aborted the fault is undone and the scenario rejects. */
  readonly signal?: AbortSignal;
}

export async function runScenario(fault: Fault, setting: Setting): Promise<Outcome> {
  const { testbed, cluster, cast, progress, signal, closes } = setting;
  const pause = (ms: number): Promise<void> => sleep(ms, undefined, signal && { signal });
  const before = new Set((await cluster.incidents()).map((i) => i.id));
  const fresh = async (): Promise<Incident[]> =>
    (await cluster.incidents()).filter((i) => !before.has(i.id)).reverse();
  progress.step('fault', `${fault.id}: ${fault.title}`);
  const injectedAt = new Date();
  const undo = await fault.inject(testbed, cast);
  let undoneAt: Date;
  try {
    if (fault.label === null) await pause(HEALTHY_FOR_MS);
    else await Promise.all([verdict(fresh, injectedAt, progress, pause), pause(FAULT_FOR_MS)]);
  } finally {
    undoneAt = new Date();
    await undo();
  }
  if (fault.label === null) await pause(HEALTHY_AFTER_MS);
  const incidents = await fresh();
  if (closes && fault.label !== null) await closed(fresh, pause);
  return { fault, injectedAt, undoneAt, incidents, earlier: before.size };
}

/** Follows the first new incident up to its verdict, saying each step once. */
async function verdict(
  fresh: () => Promise<Incident[]>,
  injectedAt: Date,
  progress: Progress,
  pause: (ms: number) => Promise<void>,
): Promise<void> {
  const said = new Set<string>();
  const once = (key: string, what: string, detail: string): void => {
    if (said.has(key)) return;
    said.add(key);
    progress.step(what, detail);
  };
  const deadline = Date.now() + VERDICT_WITHIN_MS;
  while (Date.now() < deadline) {
    const incident = (await fresh())[0];
    if (incident) {
      const { trigger, timing } = incident;
      const { src, src_port, dst, dst_port } = trigger.flow;
      once(
        'trigger',
        'trigger',
        `${trigger.kind} on ${trigger.host}: ${src}:${src_port} → ${dst}:${dst_port}`,
      );
      for (const host of Object.keys(timing.armed_at).sort())
        once(`armed ${host}`, 'armed', `host ${host}`);
      once('tracing', 'tracing', `${timing.trace_events} events so far`);
      if (incident.verdict) {
        const { domain, host, cause } = incident.verdict;
        const after = Date.parse(timing.verdict_at ?? '') - injectedAt.getTime();
        const seconds = (after / 1000).toFixed(1);
        progress.good('verdict', `${domain} ${host ?? ''} ${cause}, ${seconds} s after the fault`);
        return;
      }
    }
    await pause(POLL_MS);
  }
}

/** The next scenario begins in health. */
async function closed(
  fresh: () => Promise<Incident[]>,
  pause: (ms: number) => Promise<void>,
): Promise<void> {
  const deadline = Date.now() + CLOSED_WITHIN_MS;
  while (Date.now() < deadline) {
    if ((await fresh()).every((i) => i.state === 'closed')) return;
    await pause(POLL_MS);
  }
}

export const isRight = ({ fault, incidents }: Outcome): boolean =>
  fault.label === null
    ? incidents.length === 0
    : incidents.length > 0 &&
      incidents.every((i) => i.verdict !== null && i.verdict.domain !== 'undetermined');
