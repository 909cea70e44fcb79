/**
 * Connections that are over within moments: each has a sample or two and no past. Those of one client to one service
 * that were accepted are judged as one direction, against those that came before them. What happened to the others is
 * a matter of each.
 */
import type { FlowKey } from '../incidents/engine.js';
import { flowId, type Place, reversed, serviceId } from './flow.js';
import type { AccountRow, RangeRow } from './rows.js';

/** So many begun in the window make one of them. */
const LEAST_CONNECTIONS = 3;

/** What a flow is judged as: itself, or the one that stands for all short ones of its service. */
export type Folding = (flow: FlowKey) => FlowKey;

/**
 * @param now what passed in the window, and
 * @param before in the baseline, of all flows.
 * @param cases the flows in question: where they are short, one of them stands for its service.
 */
export function foldingOf(
  now: readonly AccountRow[],
  before: readonly AccountRow[],
  cases: readonly FlowKey[],
): Folding {
  const begun = byService(beginnings(now));
  const shared = [...begun].filter(([, flows]) => flows.size >= LEAST_CONNECTIONS);
  if (shared.length === 0) return (flow) => flow;
  const kept = keptIn(now);
  const ended = endedIn(before);
  const past = byService(beginnings(before).filter((row) => ended.has(flowId(row))));
  const asked = cases.flatMap((flow) => [flow, reversed(flow)]).filter((f) => !kept.has(flowId(f)));
  const folded = new Map<string, FlowKey>();
  for (const [service, flows] of shared) {
    const first = asked.find((flow) => serviceId(flow) === service);
    const standing = first ?? [...flows.values()][0];
    if (standing === undefined) continue;
    for (const flow of [...flows.values(), ...(past.get(service)?.values() ?? [])]) {
      folded.set(flowId(flow), standing);
      folded.set(flowId(reversed(flow)), reversed(standing));
    }
  }
  return (flow) => folded.get(flowId(flow)) ?? flow;
}

/** The client's direction of each connection that began and was accepted. */
function beginnings(rows: readonly AccountRow[]): AccountRow[] {
  const accepted = rows.filter(({ syn_acks }) => syn_acks > 0);
  const asked = new Set(accepted.map((row) => flowId(reversed(row))));
  return rows.filter((row) => row.syns > 0 && row.place !== 'other' && asked.has(flowId(row)));
}

function byService(rows: readonly AccountRow[]): Map<string, Map<string, FlowKey>> {
  const services = new Map<string, Map<string, FlowKey>>();
  for (const row of rows) {
    const service = serviceId(row);
    const flows = services.get(service) ?? new Map<string, FlowKey>();
    services.set(service, flows.set(flowId(row), row));
  }
  return services;
}

/** Whatever passed of them, their beginning did not. */
function keptIn(rows: readonly AccountRow[]): Set<string> {
  const seen = rows.flatMap((row) => [flowId(row), flowId(reversed(row))]);
  const begun = rows
    .filter(({ syns }) => syns > 0)
    .flatMap((row) => [flowId(row), flowId(reversed(row))]);
  const fresh = new Set(begun);
  return new Set(seen.filter((id) => !fresh.has(id)));
}

/** By either end. */
function endedIn(rows: readonly AccountRow[]): Set<string> {
  const ended = rows.filter(({ fins, resets }) => fins + resets > 0);
  return new Set(ended.flatMap((row) => [flowId(row), flowId(reversed(row))]));
}

const SUMMED = [
  'packets',
  'wire_bytes',
  'payload_bytes',
  'data_segments',
  'retransmitted_segments',
  'retransmitted_bytes',
  'rto_retransmissions',
  'holes',
  'zero_windows',
  'syns',
  'syn_retries',
  'syn_acks',
  'fins',
  'resets',
  'responses',
] as const satisfies readonly (keyof AccountRow)[];

type Accounts = Partial<Record<Place, AccountRow>>;

/** Adds what passed of one more connection. */
export function addAccount(accounts: Accounts, row: AccountRow): void {
  if (row.place === 'other') return;
  const known = accounts[row.place];
  accounts[row.place] = known ? joined(known, row) : row;
}

function joined(one: AccountRow, more: AccountRow): AccountRow {
  const sums = Object.fromEntries(SUMMED.map((name) => [name, one[name] + more[name]]));
  const responses = one.responses + more.responses;
  const taken = [one, more].map((r) => r.responses * (r.response_mean_us ?? 0));
  return {
    ...one,
    ...(sums as Pick<AccountRow, (typeof SUMMED)[number]>),
    src_present: one.src_present && more.src_present,
    dst_present: one.dst_present && more.dst_present,
    response_mean_us: responses === 0 ? null : ((taken[0] ?? 0) + (taken[1] ?? 0)) / responses,
    outstanding_bytes: most(one.outstanding_bytes, more.outstanding_bytes),
    // While one of them gets through they are not stuck.
    stuck_ms:
      one.stuck_ms === null || more.stuck_ms === null
        ? null
        : Math.min(one.stuck_ms, more.stuck_ms),
    unanswered_ms: Math.max(one.unanswered_ms, more.unanswered_ms),
    usual_response_us: Math.max(one.usual_response_us, more.usual_response_us),
    answered_ms_ago: least(one.answered_ms_ago, more.answered_ms_ago),
    seen_ms_ago: Math.min(one.seen_ms_ago, more.seen_ms_ago),
    seconds: Math.max(one.seconds, more.seconds),
  };
}

const known = (...values: (number | null)[]): number[] => values.filter((v) => v !== null);
const most = (a: number | null, b: number | null): number | null =>
  known(a, b).length === 0 ? null : Math.max(...known(a, b));
const least = (a: number | null, b: number | null): number | null =>
  known(a, b).length === 0 ? null : Math.min(...known(a, b));

export function addRange(ranges: Partial<Record<Place, RangeRow>>, row: RangeRow): void {
  const known = ranges[row.place];
  ranges[row.place] = known
    ? {
        ...known,
        range_bytes: known.range_bytes + row.range_bytes,
        bytes: known.bytes + row.bytes,
        packets: known.packets + row.packets,
      }
    : row;
}
