/** Taps on the victims' paths that did not see everything. */
import type { Direction, Observations, Queries } from '../ledgers/observe.js';
import { flowId } from '../ledgers/flow.js';
import type { BlindTap as CoverageRow } from '../ingest/blind-taps.js';
import type { BlindTap } from './incident.js';
import type { FlowKey } from './engine.js';

/** Agents tell of a program ahead every ten seconds, of missing bytes only after some seconds of them. */
const LOOK_BACK_NS = 15_000_000_000n;

export async function blindTaps(
  store: Queries,
  flows: readonly FlowKey[],
  { window, directions }: Observations,
): Promise<BlindTap[]> {
  const rows = (await store.query(
    `SELECT DISTINCT ON (host, ifname, hook) host, ifname, tap_role, pod, hook, state, ahead,
       missing_bytes / greatest(device_bytes, 1) AS missing_share
     FROM tap_coverage
     WHERE received_ns BETWEEN ${window.fromNs - LOOK_BACK_NS} AND ${window.toNs + 10_000_000_000n}
     ORDER BY host, ifname, hook, received_ns DESC, time_ns DESC`,
  )) as unknown as CoverageRow[];
  if (rows.length === 0) return [];
  const paths = flows.flatMap((flow) => directions.get(flowId(flow)) ?? []);
  return rows
    .filter((row) => paths.some((path) => isOn(path, row)))
    .map(({ host, ifname, pod, hook, state, missing_share, ahead }) => ({
      ...{ host, ifname, hook, state, ahead },
      pod: pod === '' ? null : pod,
      missing_share: Number(missing_share.toFixed(2)),
    }));
}

function isOn({ srcHost, dstHost, srcPod, dstPod }: Direction, tap: CoverageRow): boolean {
  if (tap.tap_role === 'uplink')
    return srcHost !== dstHost && (tap.host === srcHost || tap.host === dstHost);
  return (
    (tap.host === srcHost && tap.pod === srcPod) || (tap.host === dstHost && tap.pod === dstPod)
  );
}

/** Of its device's bytes, that the blindest of the taps did not see. */
export const blindestShare = (taps: readonly BlindTap[]): number =>
  Math.max(
    0,
    ...taps.map(({ state, missing_share }) => (state === 'detached' ? 1 : missing_share)),
  );
