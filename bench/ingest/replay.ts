/** An analyzer that is sent the recorded telemetry by so many agents as once by three. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ascending, quantile } from '../../experiments/results/quantile.js';
import { costOf } from '../agent-cost/process-cost.js';
import { sendAll } from './agents.js';
import { Analyzer } from './analyzer.js';
import type { Recording } from './recording.js';

const POLL_MS = 50;
/** Verdicts that came later than the records end are no use. */
const VERDICT_WITHIN_MS = 5000;
const MEMORY_EVERY_MS = 500;

export interface Level {
  readonly agents: number;
  readonly records_per_s: number;
  readonly requests_per_s: number;
  /** Of one processor. */
  readonly cpu_percent: number;
  /** The most seen. */
  readonly memory_mib: number;
  /** From when a request was due to its answer. */
  readonly late_ms: Quantiles;
  readonly look_ms: Quantiles;
  readonly looks: number;
  /** From the alert of the first incident to its verdict; null: there was none. */
  readonly verdict_ms: number | null;
  readonly cause: string | null;
}

export interface Quantiles {
  readonly p50: number | null;
  readonly p99: number | null;
  readonly most: number | null;
}

export async function replayBy(
  agents: number,
  recording: Recording,
  signal: AbortSignal,
): Promise<Level> {
  const analyzer = await Analyzer.start();
  const memory = { most: 0 };
  const watch = setInterval(() => {
    memory.most = Math.max(memory.most, costOf(analyzer.pid).rssKib / 1024);
  }, MEMORY_EVERY_MS);
  try {
    for (const host of recording.clocks.keys()) await analyzer.connect(host);
    const before = { cpuMs: costOf(analyzer.pid).cpuMs, atMs: performance.now() };
    const sent = await sendAll(recording, agents, analyzer.address, signal);
    const seconds = (performance.now() - before.atMs) / 1000;
    const cpuMs = costOf(analyzer.pid).cpuMs - before.cpuMs;
    const verdict = await firstVerdict(analyzer, signal);
    return {
      agents,
      records_per_s: sent.records / seconds,
      requests_per_s: sent.requests / seconds,
      cpu_percent: cpuMs / 10 / seconds,
      memory_mib: memory.most,
      late_ms: quantiles(sent.lateMs),
      look_ms: quantiles(analyzer.looks.map(({ ms }) => ms)),
      looks: analyzer.looks.length,
      verdict_ms: verdict?.ms ?? null,
      cause: verdict?.cause ?? null,
    };
  } finally {
    clearInterval(watch);
    await analyzer.stop();
  }
}

/** Of the oldest incident, as it was first published. */
async function firstVerdict(
  analyzer: Analyzer,
  signal: AbortSignal,
): Promise<{ ms: number; cause: string } | null> {
  const deadline = Date.now() + VERDICT_WITHIN_MS;
  while (Date.now() < deadline) {
    const incident = (await analyzer.incidents()).at(-1);
    if (incident?.verdict) {
      const { verdict, timing } = incident;
      const ms = Date.parse(timing.verdict_at ?? '') - Date.parse(timing.triggered_at);
      return { ms, cause: verdict.cause };
    }
    await sleep(POLL_MS, undefined, { signal });
  }
  return null;
}

function quantiles(values: readonly number[]): Quantiles {
  const sorted = ascending(values);
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), most: sorted.at(-1) ?? null };
}
