/** What between two hosts holds the packets: somebody's traffic, or a path that became longer. */
import type { Culprit } from '../incidents/incident.js';
import type { DelayLedger } from '../ledgers/delay.js';
import { describeFlow, flowId, reversed } from '../ledgers/flow.js';
import type { Direction, Observations } from '../ledgers/observe.js';
import { rate } from '../ledgers/roles.js';
import type { Attribution } from './host-cause.js';
import { duration, evidence, percent, round, shared } from './finding.js';

/** Growth of the other flows on the same hosts' links from which they are held responsible: 2 Mbit/s. */
const LEAST_GROWTH_BYTES_PER_SECOND = 250_000;

interface Load {
  readonly direction: Direction;
  readonly now: number;
  readonly growth: number;
}

export function networkCause(ledger: DelayLedger, observations: Observations): Attribution {
  const { path, direction } = ledger;
  const excess = ledger.excess.network;
  const towardsReceiver =
    ledger.forwardExcessUs === null || ledger.forwardExcessUs >= 0.5 * (path?.excessUs ?? 0);
  const loaded = crossTraffic(direction, towardsReceiver, observations);
  const growth = loaded.reduce((t, l) => t + l.growth, 0);
  const before = loaded.reduce((t, l) => t + (l.now - l.growth), 0);
  const grew = growth >= LEAST_GROWTH_BYTES_PER_SECOND && growth >= 0.5 * before;
  const stepped =
    path !== null &&
    path.floorStepUs >= 0.6 * path.excessUs &&
    path.spreadUs <= 0.6 * path.excessUs;
  const way = towardsReceiver ? 'towards the receiver' : 'back to the sender';
  const unattributed =
    (ledger.edges.sender_tx === null ? 0.05 : 0) +
    (ledger.edges.receiver_rx === null ? 0.05 : 0) +
    (ledger.edges.receiver_tx === null ? 0.05 : 0) +
    (ledger.edges.sender_rx === null ? 0.05 : 0);
  const traffic = evidence(
    'network.cross_traffic',
    grew,
    loaded.length === 0
      ? 'No other flow with an agent at either end uses the same hosts’ links.'
      : `Other flows on the same link ${way} carry ${round((before + growth) * 8e-6)} Mbit/s, ` +
          `${round(growth * 8e-6)} more than before; largest: ${loaded
            .slice(0, 3)
            .map((l) => `${describeFlow(l.direction.flow)} ${round(l.now * 8e-6)} Mbit/s`)
            .join(', ')}.`,
    `SELECT * FROM tap_account(${observations.window.fromNs}, ${observations.window.toNs}) ORDER BY wire_bytes DESC`,
    loaded.slice(0, 5).map((l) => ({ ...l.direction.flow, bytes_per_second: Math.round(l.now) })),
  );
  const floor = evidence(
    'network.floor',
    stepped && !grew,
    `The least late value lies ${duration(path?.floorStepUs ?? 0)} above the baseline’s, ` +
      `late values spread over ${duration(path?.spreadUs ?? 0)}.`,
    `SELECT * FROM mark_split(${observations.window.fromNs}, ${observations.window.toNs})`,
  );
  const isPathDelay = stepped && !grew;
  return {
    cause: isPathDelay ? 'path_delay' : 'congested_link',
    host: null,
    confidence: (grew || isPathDelay ? 0.92 : 0.7) - unattributed,
    culprits: isPathDelay ? [link(direction, 1)] : congestors(loaded, direction),
    evidence: [traffic, floor],
    statement: isPathDelay
      ? `The path between ${direction.srcHost} and ${direction.dstHost} became ${duration(excess)} longer`
      : `Packets wait ${duration(excess)} in the network between ${direction.srcHost} and ${direction.dstHost}, ${way}` +
        (grew ? `, behind ${percent(growth / Math.max(1, growth + before))} new traffic` : ''),
  };
}

/** Other streams that leave the same host or reach the same host, in the direction that is late, by growth. */
function crossTraffic(victim: Direction, forward: boolean, observations: Observations): Load[] {
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

const link = (direction: Direction, share: number): Culprit => ({
  kind: 'link',
  id: `${direction.srcHost} → ${direction.dstHost}`,
  host: null,
  share,
});

function congestors(loaded: readonly Load[], victim: Direction): Culprit[] {
  const growing = loaded.filter((l) => l.growth >= LEAST_GROWTH_BYTES_PER_SECOND / 2);
  if (growing.length === 0) return [link(victim, 1)];
  const total = growing.reduce((t, l) => t + l.growth, 0);
  return shared(
    growing.map((l) => ({
      kind: 'flow',
      id: describeFlow(l.direction.flow) + (l.direction.srcPod ? ` (${l.direction.srcPod})` : ''),
      host: l.direction.srcHost,
      share: l.growth / total,
    })),
  );
}
