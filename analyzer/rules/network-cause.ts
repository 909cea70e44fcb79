/** What between two hosts holds the packets: somebody's traffic, steady or in bursts, or a path that became longer. */
import type { Culprit, Evidence } from '../incidents/incident.js';
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
/** Each edge of the hosts that was not measured may hold some of what looks like the network. */
const UNMEASURED_EDGE = 0.05;

export function networkCause(ledger: DelayLedger, observations: Observations): Attribution {
  const { path, direction } = ledger;
  const towardsReceiver =
    ledger.forwardExcessUs === null || ledger.forwardExcessUs >= 0.5 * (path?.excessUs ?? 0);
  const traffic = trafficOf(crossTraffic(direction, towardsReceiver, observations));
  const { grew, loads } = traffic;
  const kind = kindOf(path, grew, overflowShare(loads) > LEAST_OVERFLOW);
  const isLonger = kind === 'path_delay';
  const way = towardsReceiver ? 'towards the receiver' : 'back to the sender';
  const late = towardsReceiver ? direction.flow : reversed(direction.flow);
  const recorded = isLonger ? null : networkRecords(late, observations);
  const shown = [
    trafficEvidence(traffic, way, observations),
    recorded,
    floorEvidence(path, isLonger, observations),
  ];
  const unmeasured = Object.values(ledger.edges).filter((edge) => edge === null).length;
  const between = `${direction.srcHost} and ${direction.dstHost}`;
  const excess = duration(ledger.excess.network);
  return {
    cause: kind,
    host: null,
    confidence:
      (grew || isLonger ? 0.92 : 0.7) -
      unmeasured * UNMEASURED_EDGE +
      (recorded?.supports ? CORROBORATION : 0),
    culprits: isLonger ? [link(direction, 1)] : congestors(loads, direction),
    evidence: shown.filter((one) => one !== null),
    statement: isLonger
      ? `The path between ${between} became ${excess} longer`
      : `Packets wait ${excess} in the network between ${between}, ${way}` +
        (kind === 'microburst' ? ', now and then' : '') +
        (grew ? `, behind ${percent(shareOfGrowth(traffic))} new traffic` : ''),
  };
}

/** What else goes the same way, in bytes a second. */
interface Traffic {
  readonly loads: readonly Load[];
  readonly before: number;
  readonly growth: number;
  /** Enough to fill something. */
  readonly grew: boolean;
}

function trafficOf(loads: readonly Load[]): Traffic {
  const growth = loads.reduce((sum, load) => sum + load.growth, 0);
  const before = loads.reduce((sum, load) => sum + load.now - load.growth, 0);
  const grew = growth >= LEAST_GROWTH_BYTES_PER_SECOND && growth >= 0.5 * before;
  return { loads, before, growth, grew };
}

const shareOfGrowth = ({ before, growth }: Traffic): number =>
  growth / Math.max(1, growth + before);

const megabits = (bytesPerSecond: number): string => `${round(bytesPerSecond * 8e-6)} Mbit/s`;

function trafficEvidence(
  { loads, before, growth, grew }: Traffic,
  way: string,
  { window }: Observations,
): Evidence {
  const largest = loads
    .slice(0, 3)
    .map(({ direction, now }) => `${describeFlow(direction.flow)} ${megabits(now)}`);
  return evidence(
    'network.cross_traffic',
    grew,
    loads.length === 0
      ? 'No other flow with an agent at either end uses the same hosts’ links.'
      : `Other flows on the same link ${way} carry ${megabits(before + growth)}, ` +
          `${round(growth * 8e-6)} more than before; largest: ${largest.join(', ')}.`,
    `SELECT * FROM tap_account(${window.fromNs}, ${window.toNs}) ORDER BY wire_bytes DESC`,
    loads.slice(0, 5).map((l) => ({ ...l.direction.flow, bytes_per_second: Math.round(l.now) })),
  );
}

const floorEvidence = (
  path: Lateness | null,
  isLonger: boolean,
  { window }: Observations,
): Evidence =>
  evidence(
    'network.floor',
    isLonger,
    `The least late value lies ${duration(path?.floorStepUs ?? 0)} above the baseline’s, ` +
      `late values spread over ${duration(path?.spreadUs ?? 0)}; ` +
      `${percent(path?.steadyShare ?? 0)} of them lie in quarters of a second that are late for the most part.`,
    `SELECT * FROM mark_split(${window.fromNs}, ${window.toNs})`,
  );

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
