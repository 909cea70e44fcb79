/** An edge between taps, as a reader and as a verdict call it. */
import type { LossEdge } from '../ledgers/loss.js';
import type { Ends } from '../ledgers/observe.js';

/** That something is wrong beyond the last tap that tells; not what. */
export const UNSEEN_CONFIDENCE = 0.35;

type Hosts = Pick<Ends, 'srcHost' | 'dstHost' | 'srcSilent' | 'dstSilent'>;

/** null for the network; undefined for a host that no agent knows. */
export function hostOf(edge: LossEdge, { srcHost, dstHost }: Hosts): string | null | undefined {
  if (edge === 'network') return null;
  if (edge === 'unseen') return undefined;
  return (edge === 'sender_host' ? srcHost : dstHost) ?? undefined;
}

export function placeName(edge: LossEdge, ends: Hosts): string {
  if (edge === 'network') return 'between the two hosts';
  if (edge === 'unseen') return unseen(ends);
  return `inside ${hostOf(edge, ends) ?? `the ${edge === 'sender_host' ? 'sender' : 'receiver'} host`}`;
}

/** Whose agent is missing, as far as it is known. */
function unseen({ srcHost, dstHost, srcSilent, dstSilent }: Hosts): string {
  const ends = [
    { host: srcHost, silent: srcSilent },
    { host: dstHost, silent: dstSilent },
  ];
  const from = ends.find(({ host, silent }) => host !== null && !silent)?.host ?? 'every agent';
  const other = ends.find(({ host, silent }) => host === null || silent)?.host;
  return `beyond ${from}, where no agent tells${other ? ` (that of ${other} is silent)` : ''}`;
}
