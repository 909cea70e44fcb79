import type { Telemetry } from './telemetry.js';

/** `network`, or the id of the host; null: nothing is wrong. */
export type Place = string | null;

/** What is done without netverdict. */
export interface Baseline {
  readonly id: string;
  readonly title: string;
  place(telemetry: Telemetry): Promise<Place>;
}

export const NETWORK = 'network';

export async function endsOf(telemetry: Telemetry): Promise<{ client: Place; server: Place }> {
  const [ends] = await telemetry.rows('FROM ends');
  return ends as { client: Place; server: Place };
}

/** Means over a phase, ms, and counts, as one tap saw them. */
export interface Sight {
  readonly rtt_there: number | null;
  readonly rtt_back: number | null;
  readonly response: number | null;
  /** A second. */
  readonly responses: number;
  readonly segments: number;
  readonly resent: number;
  readonly syn_retries: number;
  readonly resets_back: number;
  /** That the server's window was shut, and the client's. */
  readonly shut_there_ms: number;
  readonly shut_back_ms: number;
}

/** The taps of one role on the client's host, nothing else. */
export async function sightOf(
  telemetry: Telemetry,
  phase: 'before' | 'during',
  role: 'pod' | 'uplink',
): Promise<Sight> {
  const mean = (way: string): string =>
    `sum(rtt_sum_ns) FILTER (way = '${way}') / nullif(sum(rtt_exact) FILTER (way = '${way}'), 0) / 1e6`;
  const [row] = await telemetry.rows(`
SELECT ${mean('there')} AS rtt_there, ${mean('back')} AS rtt_back,
  sum(response_sum_ns) / nullif(sum(responses), 0) / 1e6 AS response,
  coalesce(sum(responses), 0) / any_value(seconds) AS responses,
  coalesce(sum(data_segments), 0)::DOUBLE AS segments,
  coalesce(sum(retransmitted_segments), 0)::DOUBLE AS resent,
  coalesce(sum(syn_retries), 0)::DOUBLE AS syn_retries,
  coalesce(sum(resets) FILTER (way = 'back'), 0)::DOUBLE AS resets_back,
  coalesce(sum(zero_window_ns) FILTER (way = 'there'), 0) / 1e6 AS shut_there_ms,
  coalesce(sum(zero_window_ns) FILTER (way = 'back'), 0) / 1e6 AS shut_back_ms
FROM ends, phases LEFT JOIN seen ON seen.phase = phases.phase
  AND tap_role = '${role}' AND host = (SELECT client FROM ends)
WHERE phases.phase = '${phase}'`);
  return row as unknown as Sight;
}

/** Twice as much, and by more than noise makes. */
export const rose = (before: number | null, during: number | null): boolean =>
  during !== null && during > 2 * (before ?? 0) && during > (before ?? 0) + 5;

/** One in a hundred. */
export const resendsMuch = ({ resent, segments }: Sight): boolean => resent > segments / 100;
