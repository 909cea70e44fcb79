/** Packets that leave their host for another tunnel end than that of the host they are for. */
import type { Direction, Observations } from '../ledgers/observe.js';
import type { Evidence } from '../incidents/incident.js';
import type { DropCause } from './drops.js';
import { evidence } from './finding.js';

export function wrongWay(
  { srcHost, dstHost, flow }: Direction,
  { misdirected, window }: Observations,
): { readonly mechanism: DropCause; readonly proof: readonly Evidence[] } | null {
  const row = misdirected.find(
    (m) => m.host === srcHost && m.dst_host === dstHost && m.dst === flow.dst,
  );
  if (!row) return null;
  const { outer_dst, end_host, usual } = row;
  return {
    mechanism: {
      cause: 'other',
      layer: 'link',
      culprits: [{ kind: 'link', id: outer_dst, host: srcHost, share: 1 }],
    },
    proof: [
      evidence(
        'loss.wrong_way',
        true,
        `${srcHost} sends what is for ${flow.dst} to the tunnel end ${outer_dst}${end_host ? `, which is ${end_host}’s` : ''}; ` +
          `${dstHost} is at ${usual}.`,
        `SELECT * FROM misdirected(${window.fromNs}, ${window.toNs})`,
        [row],
      ),
    ],
  };
}
