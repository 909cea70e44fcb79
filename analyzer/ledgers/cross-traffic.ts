/** What else uses the link between two hosts, as far as agents at either end tell. */
import { flowId, reversed } from './flow.js';
import type { Direction, Observations } from './observe.js';
import { rate } from './roles.js';

/** Growth of the other flows on the same hosts' links from which they are held responsible: 2 Mbit/s. */
export const LEAST_GROWTH_BYTES_PER_SECOND = 250_000;

export interface Load {
  readonly direction: Direction;
  /** Bytes a second. */
  readonly now: number;
  readonly growth: number;
}

/** Other streams that leave the same host or reach the same host, in the direction that is late, by growth. */
export function crossTraffic(
  victim: Direction,
  forward: boolean,
  observations: Observations,
): Load[] {
  const from = forward ? victim.srcHost : victim.dstHost;
  const to = forward ? victim.dstHost : victim.srcHost;
  const own = new Set([flowId(victim.flow), flowId(reversed(victim.flow))]);
  return [...observations.directions.values()]
    .filter((d) => !own.has(flowId(d.flow)) && d.srcHost !== d.dstHost)
    .filter((d) => d.dstHost === to || d.srcHost === from)
    .map((d) => {
      const now = rate(d, observations.seconds);
      return { direction: d, now, growth: now - rate(d, observations.baselineSeconds, true) };
    })
    .filter((l) => l.growth > 0)
    .sort((a, b) => b.growth - a.growth);
}

/** Those that grew enough to fill something. */
export const growing = (loads: readonly Load[]): Load[] =>
  loads.filter((l) => l.growth >= LEAST_GROWTH_BYTES_PER_SECOND / 2);

/** Share of their bytes that left one host and did not reach the other: there was more than the link carries. */
export function overflowShare(loads: readonly Load[]): number {
  let sent = 0;
  let lost = 0;
  for (const { direction } of growing(loads)) {
    const { ap, au = ap, bp, bu = bp } = direction.account;
    if (!au || !bu) continue;
    sent += au.wire_bytes;
    lost += Math.max(0, au.wire_bytes - bu.wire_bytes);
  }
  return sent > 0 ? lost / sent : 0;
}
