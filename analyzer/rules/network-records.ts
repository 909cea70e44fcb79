import type { FlowKey } from '../incidents/engine.js';
import type { Evidence } from '../incidents/incident.js';
import type { Observations } from '../ledgers/observe.js';
import { sharedLink } from '../ledgers/shared-link.js';
import { evidence, percent, round } from './finding.js';

/** Id of the evidence. */
export const NETWORK_RECORDS = 'network.records';
/** What records add to the confidence in a verdict that they agree with: nobody can prove who sent them. */
export const CORROBORATION = 0.03;
const MOST_NAMED = 4;

/** Whose underlay flows shared the link with this direction of data, by the network's own records; null without any. */
export function networkRecords(flow: FlowKey, observations: Observations): Evidence | null {
  const link = sharedLink(flow, observations);
  if (link === null || link.bytes === 0) return null;
  const { exporter, outputInterface, bytes, ownBytes, loads } = link;
  const { fromNs, toNs } = observations.window;
  const named = loads
    .slice(0, MOST_NAMED)
    .map((load) => `${load.source} → ${load.destination} ${percent(load.bytes / bytes)}`);
  return evidence(
    NETWORK_RECORDS,
    ownBytes < 0.5 * bytes,
    `By the records of ${exporter}, the pods whose underlay flows left by its interface ${outputInterface} with this ` +
      `flow’s, heaviest first: ${named.join(', ')} of ${round(bytes / 1e6, 2)} MB; the flow itself ` +
      `${percent(ownBytes / bytes)}.`,
    `SELECT * FROM link_pods(${fromNs}, ${toNs}) WHERE exporter = '${exporter}' AND output_interface = ${outputInterface}`,
    loads,
  );
}
