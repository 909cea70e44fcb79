/** What a fault did to its victims, by their own account. */
import { median } from '../results/quantile.js';
import type { ClientReport } from '../workloads/protocol.js';

/** The victim that was hurt most. Each number is the median of the reports of whole seconds. */
export interface Harm {
  /** null: no request came to its end. */
  readonly p99_before_ms: number | null;
  readonly p99_during_ms: number | null;
  /** A second. */
  readonly requests_before: number;
  readonly requests_during: number;
  readonly failures_before: number;
  readonly failures_during: number;
}

/** Reports end at their `at` and cover a second; the first has the start of its process in it. */
const SECOND_MS = 1000;

function harmOf(reports: readonly ClientReport[], from: number, to: number): Harm {
  const at = (r: ClientReport): number => Date.parse(r.at);
  const before = reports.slice(1).filter((r) => at(r) <= from);
  const during = reports.filter((r) => at(r) - SECOND_MS >= from && at(r) <= to);
  return {
    p99_before_ms: median(before.map((r) => r.p99_ms)),
    p99_during_ms: median(during.map((r) => r.p99_ms)),
    requests_before: median(before.map((r) => r.requests)) ?? 0,
    requests_during: median(during.map((r) => r.requests)) ?? 0,
    failures_before: before.reduce((t, r) => t + r.failures, 0),
    failures_during: during.reduce((t, r) => t + r.failures, 0),
  };
}

/** Less is the noise of a machine with other work. */
const LEAST_HARM_MS = 10;

/** Twice as slow, less than 0.7 of the requests, or failures where there were none. */
export const isHurt = (h: Harm): boolean =>
  h.p99_during_ms === null ||
  slower(h.p99_before_ms ?? Infinity, h.p99_during_ms) ||
  h.requests_during < 0.7 * h.requests_before ||
  (h.failures_before === 0 && h.failures_during > 0);

const slower = (beforeMs: number, duringMs: number): boolean =>
  duringMs > 2 * beforeMs && duringMs > beforeMs + LEAST_HARM_MS;

/** Between injection and undoing, against the time before; null without victims. */
export function worstHarm(
  victims: readonly { readonly reports: readonly ClientReport[] }[],
  from: Date,
  to: Date,
): Harm | null {
  const harms = victims.map(({ reports }) => harmOf(reports, from.getTime(), to.getTime()));
  return harms.sort((x, y) => growth(y) - growth(x))[0] ?? null;
}

const growth = (h: Harm): number => {
  const slowdown = (h.p99_during_ms ?? Infinity) / Math.max(h.p99_before_ms ?? Infinity, 0.1);
  const fewer = h.requests_before / Math.max(h.requests_during, 0.1);
  return Math.max(Number.isNaN(slowdown) ? 1 : slowdown, fewer);
};
