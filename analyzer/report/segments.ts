/** The places that data pass, in their order, and which of them a verdict blames. */
import type { Split, Verdict } from '../incidents/incident.js';

/** Places with a term of the split. */
export const SEGMENTS = ['sender_host', 'network', 'receiver_host', 'receiver_pod'] as const;
export type Segment = (typeof SEGMENTS)[number];

/** Places of the path picture: what lies above the sender's pod tap has no term of its own. */
export type Place = 'sender_pod' | Segment;

export const PLACE_NAMES: Record<Place, string> = {
  sender_pod: 'sender pod',
  sender_host: 'sender host',
  network: 'network',
  receiver_host: 'receiver host',
  receiver_pod: 'receiver pod',
};

export const EDGES = ['sender_tx', 'receiver_rx', 'receiver_tx', 'sender_rx'] as const;
export type Edge = (typeof EDGES)[number];

export type Terms = Split['baseline'];

export const termOf = (terms: Terms, segment: Segment): number | null => terms[`${segment}_us`];

/** Sum of what was measured: the RTT at the sender's pod tap when every term was. */
export const total = (terms: Terms): number =>
  SEGMENTS.reduce((sum, segment) => sum + (termOf(terms, segment) ?? 0), 0);

/** Layers above the pod tap. */
const IN_POD = new Set<Verdict['layer']>(['application', 'socket', 'tcp', 'scheduler']);

export function blamedPlace(verdict: Verdict | null): Place | null {
  if (verdict === null || verdict.domain === 'undetermined') return null;
  const { domain, layer, cause } = verdict;
  // A stalled kernel holds the host's softirqs, not the pod's threads.
  if (!IN_POD.has(layer) || cause === 'kernel_stall') return domain;
  if (domain === 'sender_host') return 'sender_pod';
  return domain === 'receiver_host' ? 'receiver_pod' : domain;
}
