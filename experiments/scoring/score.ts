/**
 * Runs scenarios again and again against the real system and holds the verdicts against the sealed labels:
 *
 *   npx tsx experiments/scoring/score.ts [--runs 10] [--out docs/results/NAME] [SCENARIO...]
 *
 * Each run is a fresh testbed, analyzer and agents. A run counts only if its fault hurt the victim by the client's
 * own account.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DEMO_FAULTS, type Fault, faultById } from '../faults/index.js';
import { healthy } from '../faults/healthy.js';
import { Cluster } from '../scenarios/cluster.js';
import { type Outcome, runScenario, SILENT } from '../scenarios/scenario.js';
import { Testbed } from '../testbed/index.js';
import { type Baseline, startBaseline } from '../workloads/index.js';
import type { ClientReport } from '../workloads/protocol.js';
import { render } from './table.js';

const BASELINE_MS = 6000;
const LISTEN = '127.0.0.1:7431';

/** One run, as it is saved. */
export interface Score {
  readonly scenario: string;
  readonly run: number;
  /** Median request time of the victim's clients, before and during, milliseconds; requests a second likewise. */
  readonly harm: Harm;
  readonly hurt: boolean;
  readonly incidents: number;
  readonly domain: string | null;
  readonly host: string | null;
  readonly cause: string | null;
  readonly confidence: number | null;
  readonly right: boolean;
  readonly cause_right: boolean;
  /** From the injection, seconds. */
  readonly detection_s: number | null;
  readonly verdict_s: number | null;
  readonly trace_events: number | null;
  readonly records_lost: number | null;
}

export interface Harm {
  readonly p99_before_ms: number;
  readonly p99_during_ms: number;
  readonly requests_before: number;
  readonly requests_during: number;
}

async function once(fault: Fault, run: number): Promise<Score> {
  const testbed = await Testbed.build({ id: 'score' });
  try {
    const cluster = await Cluster.start(testbed, LISTEN);
    try {
      const baseline = startBaseline(testbed);
      await sleep(BASELINE_MS);
      const outcome = await runScenario(fault, testbed, cluster, SILENT);
      return score(outcome, baseline, run);
    } finally {
      await cluster.stop();
    }
  } finally {
    await testbed.destroy();
  }
}

function score({ fault, injectedAt, incidents }: Outcome, baseline: Baseline, run: number): Score {
  const { label } = fault;
  const incident = incidents[0];
  const verdict = incident?.verdict ?? null;
  const since = (at: string | null | undefined): number | null =>
    at ? Number(((Date.parse(at) - injectedAt.getTime()) / 1000).toFixed(2)) : null;
  const harm = harmOf(baseline, injectedAt);
  return {
    scenario: fault.id,
    run,
    harm,
    hurt:
      harm.p99_during_ms > 2 * harm.p99_before_ms ||
      harm.requests_during < 0.7 * harm.requests_before,
    incidents: incidents.length,
    domain: verdict?.domain ?? null,
    host: verdict?.host ?? null,
    cause: verdict?.cause ?? null,
    confidence: verdict?.confidence ?? null,
    right:
      label === null
        ? incidents.length === 0
        : incidents.length === 1 && verdict?.domain === label.domain && verdict.host === label.host,
    cause_right: label === null ? incidents.length === 0 : verdict?.cause === label.cause,
    detection_s: since(incident?.timing.triggered_at),
    verdict_s: since(incident?.timing.verdict_at),
    trace_events: incident?.timing.trace_events ?? null,
    records_lost: incident?.data_quality.records_lost ?? null,
  };
}

/** The worst of the victim's clients: the one whose requests grew slowest. */
function harmOf({ clients }: Baseline, injectedAt: Date): Harm {
  const harms = clients.map(({ reports }) => {
    const at = (r: ClientReport): number => Date.parse(r.at) - injectedAt.getTime();
    const before = reports.filter((r) => at(r) <= 0).slice(1);
    const during = reports.filter((r) => at(r) > 1000 && at(r) <= 4500);
    const p99 = (rs: readonly ClientReport[]): number =>
      Math.max(0, ...rs.map((r) => r.p99_ms ?? 10_000));
    const requests = (rs: readonly ClientReport[]): number =>
      rs.reduce((t, r) => t + r.requests, 0) / Math.max(1, rs.length);
    return {
      p99_before_ms: p99(before),
      p99_during_ms: p99(during),
      requests_before: requests(before),
      requests_during: requests(during),
    };
  });
  const growth = (h: Harm): number => h.p99_during_ms / Math.max(h.p99_before_ms, 0.1);
  const worst = harms.sort((x, y) => growth(y) - growth(x))[0];
  return worst ?? { p99_before_ms: 0, p99_during_ms: 0, requests_before: 0, requests_during: 0 };
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '10' },
    out: { type: 'string' },
  },
});
const faults = positionals.length > 0 ? positionals.map(faultById) : [...DEMO_FAULTS, healthy];
const scores: Score[] = [];
for (const fault of faults) {
  for (let run = 1; run <= Number(values.runs); run++) {
    const result = await once(fault, run);
    scores.push(result);
    process.stderr.write(
      `${result.right ? 'right' : 'WRONG'}  ${result.scenario} ${run}: ${result.domain ?? 'no incident'} ` +
        `${result.host ?? ''} ${result.cause ?? ''} detection ${result.detection_s ?? '-'} s, verdict ${result.verdict_s ?? '-'} s\n`,
    );
  }
}
const table = render(scores, faults, {
  kernel: release(),
  command: process.argv.slice(2).join(' '),
});
process.stdout.write(table);
if (values.out !== undefined) {
  mkdirSync(dirname(values.out), { recursive: true });
  writeFileSync(`${values.out}.md`, table);
  writeFileSync(`${values.out}.json`, `${JSON.stringify(scores, null, 2)}\n`);
}
process.exitCode = scores.every((s) => s.right) ? 0 : 1;
