/** Five methods that netverdict is held against, on what it recorded itself. */
import type { RunRecord } from '../record.js';
import { alwaysNetwork } from './always-network.js';
import type { Baseline, Place } from './baseline.js';
import { oneTap } from './one-tap.js';
import { rttThreshold } from './rtt-threshold.js';
import { ruleList } from './rule-list.js';
import { singleEnd } from './single-end.js';
import { Telemetry } from './telemetry.js';

export type { Place } from './baseline.js';

export const BASELINES: readonly Baseline[] = [
  alwaysNetwork,
  rttThreshold,
  singleEnd,
  oneTap,
  ruleList,
];

/** What each says of a run, by its id. */
export async function placesBy(
  folder: string,
  record: RunRecord,
): Promise<Readonly<Record<string, Place>>> {
  const telemetry = await Telemetry.open(folder, record);
  try {
    const places: Record<string, Place> = {};
    for (const baseline of BASELINES) places[baseline.id] = await baseline.place(telemetry);
    return places;
  } finally {
    telemetry.close();
  }
}
