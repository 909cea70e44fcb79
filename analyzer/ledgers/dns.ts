/**
 * The DNS ledger: each query over all taps of its path. How often it was asked and answered is conserved from tap to
 * tap, so that the first deficit owns what was lost; waits are subtracted on each host's own clock.
 */
import type { FlowKey } from '../incidents/engine.js';
import { flowOf, type Place, PLACES } from './flow.js';
import { edgeBehind, isExpected, type LossEdge } from './loss.js';
import type { DnsRow, Ends, Observations } from './observe.js';

/** As the monitor's alert has it: so many times the usual, and no less than this. */
const LATE = 8;
const LEAST_LATE_US = 50_000;
/** Answers before it is known what is usual. */
const WARM_UP = 8;

export interface DnsQuery {
  readonly flow: FlowKey;
  readonly ends: Ends;
  /** At the tap nearest to the client. */
  readonly near: DnsRow;
  readonly at: Partial<Record<Place, DnsRow>>;
}

/** Where the time or the messages of a query were lost. */
export interface DnsBlame {
  /** undefined: nobody saw it. */
  readonly edge: LossEdge | 'server' | undefined;
  readonly lost: 'query' | 'answer' | null;
}

/** Queries by the taps of their paths, one for each question of a client. */
export function dnsQueries(rows: readonly DnsRow[], observations: Observations): DnsQuery[] {
  const places = new Map<string, Partial<Record<Place, DnsRow>>>();
  for (const row of rows) {
    const key = `${row.src} ${row.transaction_id} ${row.query_type} ${row.protocol} ${row.name}`;
    const at = places.get(key) ?? {};
    at[row.place] = row;
    places.set(key, at);
  }
  return [...places.values()].flatMap((at) => {
    const seen = PLACES.flatMap((place) => at[place] ?? []);
    const near = seen[0];
    if (!near) return [];
    const { endpoints, silent } = observations;
    const client = endpoints.get(near.src);
    // A service is its backend once its address was translated.
    const server = seen.map((row) => endpoints.get(row.dst)).find((end) => end !== undefined);
    const ends = {
      srcHost: client?.host ?? null,
      srcPod: client?.pod ?? null,
      dstHost: server?.host ?? null,
      dstPod: server?.pod ?? null,
      ...(client && silent.has(client.host) && { srcSilent: true }),
      ...(server && silent.has(server.host) && { dstSilent: true }),
    };
    return [{ flow: flowOf(near), ends, near, at }];
  });
}

/** From which wait on an answer is late, by the answers before; null if they were too few. */
export function lateFromUs(before: readonly DnsQuery[]): number | null {
  const waits = before
    .filter(({ near }) => near.answers > 0 && near.repeats === 0)
    .map(({ near }) => near.wait_us)
    .sort((a, b) => a - b);
  if (waits.length < WARM_UP) return null;
  return Math.max(LEAST_LATE_US, LATE * (waits[Math.floor(waits.length / 2)] ?? 0));
}

const isLateAt = (row: DnsRow, limitUs: number | null): boolean =>
  row.answers === 0 || row.wait_us >= (limitUs ?? Infinity);

export const isLateQuery = ({ near }: DnsQuery, limitUs: number | null): boolean =>
  near.repeats > 0 || isLateAt(near, limitUs);

/** A query answered in time has passed every tap: one that saw fewer of them is no witness of what did not pass. */
const WITNESS_SHARE = 0.9;

export function witnesses(
  onTime: readonly DnsQuery[],
  observations: Observations,
): (query: DnsQuery) => Place[] {
  const speaking = new Set(
    [...observations.directions.values()].flatMap((d) =>
      Object.values(d.account).map((r) => r.host),
    ),
  );
  const tells = (place: Place): boolean => {
    const expected = onTime.filter((q) => isExpected(q.ends, place));
    const seen = expected.filter((q) => q.at[place]);
    return seen.length >= WITNESS_SHARE * expected.length;
  };
  const telling = PLACES.filter(tells);
  return ({ ends, at }) =>
    telling.filter((place) => {
      const host = place === 'ap' || place === 'au' ? ends.srcHost : ends.dstHost;
      return isExpected(ends, place) && (at[place] !== undefined || speaking.has(host ?? ''));
    });
}

/** @param path places that would have told of it, from the client on. */
export function blameOf(query: DnsQuery, path: readonly Place[], limitUs: number | null): DnsBlame {
  const { at } = query;
  const last = path.at(-1);
  const reached = last === 'bu' || last === 'bp' ? at[last] : undefined;
  if (reached && isLateAt(reached, limitUs)) return { edge: 'server', lost: null };
  const asks = path.map((place) => (at[place]?.exchanges ?? 0) + (at[place]?.repeats ?? 0));
  const answers = path.map((place) => at[place]?.answers ?? 0);
  const edge = (from: number): LossEdge => edgeBehind(path[from] ?? 'ap', path[from + 1] ?? 'bp');
  for (let i = 0; i + 1 < path.length; i++)
    if ((asks[i] ?? 0) > (asks[i + 1] ?? 0)) return { edge: edge(i), lost: 'query' };
  for (let i = path.length - 2; i >= 0; i--)
    if ((answers[i + 1] ?? 0) > (answers[i] ?? 0)) return { edge: edge(i), lost: 'answer' };
  if (!reached) return { edge: undefined, lost: null };
  return { edge: longestEdge(query, path), lost: null };
}

function longestEdge({ at }: DnsQuery, path: readonly Place[]): LossEdge | undefined {
  let longest: { edge: LossEdge; us: number } | undefined;
  for (let i = 0; i + 1 < path.length; i++) {
    const [from, to] = [path[i] ?? 'ap', path[i + 1] ?? 'bp'];
    const us = (at[from]?.wait_us ?? 0) - (at[to]?.wait_us ?? 0);
    if (us > (longest?.us ?? 0)) longest = { edge: edgeBehind(from, to), us };
  }
  return longest?.edge;
}
