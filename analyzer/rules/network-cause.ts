/** What between two hosts holds the packets: somebody's traffic, steady or in bursts, or a path that became longer. */
import type { Culprit } from '../incidents/incident.js';
import { type DelayLedger, isSpiky, type Lateness } from '../ledgers/delay.js';
import {
  crossTraffic,
  growing,
  LEAST_GROWTH_BYTES_PER_SECOND,
  type Load,
  overflowShare,
} from '../ledgers/cross-traffic.js';
import { describeFlow, reversed } from '../ledgers/flow.js';
import type { Direction, Observations } from '../ledgers/observe.js';
import type { Attribution } from './host-cause.js';
import { duration, evidence, percent, round, shared } from './finding.js';
import { CORROBORATION, networkRecords } from './network-records.js';

/** A short queue is gone sooner; what is later waited for a re-send. */
const LONGEST_BURST_US = 100_000;
/** Late times that differ by less do not come from a queue: its length varies. */
const FLAT_US = 300;
const FLAT_SHARE = 0.1;
/** What grew loses as much on its way: there is more of it than the link carries. */
const LEAST_OVERFLOW = 0.02;

export function networkCause(ledger: DelayLedger, observations: Observations): Attribution {
  const { path, direction } = ledger;
  const excess = ledger.excess.network;
  const towardsReceiver =
    ledger.forwardExcessUs === null || ledger.forwardExcessUs >= 0.5 * (path?.excessUs ?? 0);
  const loaded = crossTraffic(direction, towardsReceiver, observations);
  const growth = loaded.reduce((t, l) => t + l.growth, 0);
  const before = loaded.reduce((t, l) => t + (l.now - l.growth), 0);
  const grew = growth >= LEAST_GROWTH_BYTES_PER_SECOND && growth >= 0.5 * before;
  const kind = kindOf(path, grew, overflowShare(loaded) > LEAST_OVERFLOW);
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
    kind === 'path_delay',
    `The least late value lies ${duration(path?.floorStepUs ?? 0)} above the baseline’s, ` +
      `late values spread over ${duration(path?.spreadUs ?? 0)}; ` +
      `${percent(path?.steadyShare ?? 0)} of them lie in quarters of a second that are late for the most part.`,
    `SELECT * FROM mark_split(${observations.window.fromNs}, ${observations.window.toNs})`,
  );
  const between = `${direction.srcHost} and ${direction.dstHost}`;
  const share = percent(growth / Math.max(1, growth + before));
  const late = towardsReceiver ? direction.flow : reversed(direction.flow);
  const recorded = kind === 'path_delay' ? null : networkRecords(late, observations);
  const confidence = (grew || kind === 'path_delay' ? 0.92 : 0.7) - unattributed;
  return {
    cause: kind,
    host: null,
    confidence: confidence + (recorded?.supports ? CORROBORATION : 0),
    culprits: kind === 'path_delay' ? [link(direction, 1)] : congestors(loaded, direction),
    evidence: recorded ? [traffic, recorded, floor] : [traffic, floor],
    statement:
      kind === 'path_delay'
        ? `The path between ${between} became ${duration(excess)} longer`
        : `Packets wait ${duration(excess)} in the network between ${between}, ${way}` +
          (kind === 'microburst' ? ', now and then' : '') +
          (grew ? `, behind ${share} new traffic` : ''),
  };
}

type NetworkCause = 'path_delay' | 'congested_link' | 'microburst';

/** A longer path delays every packet alike, a full queue by its varying length, a burst only those that it meets. */
function kindOf(path: Lateness | null, grew: boolean, overflowed: boolean): NetworkCause {
  if (path === null) return 'congested_link';
  if (isSpiky(path) && path.excessUs < LONGEST_BURST_US) return 'microburst';
  const stepped = path.floorStepUs >= 0.6 * path.excessUs && path.spreadUs <= 0.6 * path.excessUs;
  const flat = path.spreadUs <= Math.max(FLAT_US, FLAT_SHARE * path.excessUs);
  return stepped && (!grew || (flat && !overflowed)) ? 'path_delay' : 'congested_link';
}

const link = (direction: Direction, share: number): Culprit => ({
  kind: 'link',
  id: `${direction.srcHost} → ${direction.dstHost}`,
  host: null,
  share,
});

export function congestors(loaded: readonly Load[], victim: Direction): Culprit[] {
  const grown = growing(loaded);
  if (grown.length === 0) return [link(victim, 1)];
  const total = grown.reduce((t, l) => t + l.growth, 0);
  return shared(
    grown.map((l) => ({
      kind: 'flow',
      id: describeFlow(l.direction.flow) + (l.direction.srcPod ? ` (${l.direction.srcPod})` : ''),
      host: l.direction.srcHost,
      share: l.growth / total,
    })),
  );
}
