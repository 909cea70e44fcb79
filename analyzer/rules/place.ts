/** An edge between taps, as a reader and as a verdict call it. */
import type { LossEdge } from '../ledgers/loss.js';
import type { Ends } from '../ledgers/observe.js';

type Hosts = Pick<Ends, 'srcHost' | 'dstHost'>;

/** null for the network; undefined for a host that no agent knows. */
export function hostOf(edge: LossEdge, { srcHost, dstHost }: Hosts): string | null | undefined {
  if (edge === 'network') return null;
  return (edge === 'sender_host' ? srcHost : dstHost) ?? undefined;
}

export function placeName(edge: LossEdge, ends: Hosts): string {
  if (edge === 'network') return 'between the two hosts';
  return `inside ${hostOf(edge, ends) ?? `the ${edge === 'sender_host' ? 'sender' : 'receiver'} host`}`;
}
