/** Rules over the loss ledger: data were sent again, and the taps show after which of them they vanished. */
import type { Culprit, Evidence } from '../incidents/incident.js';
import type { DelayLedger } from '../ledgers/delay.js';
import { isLate, isSpiky } from '../ledgers/delay.js';
import { crossTraffic, growing, type Load, overflowShare } from '../ledgers/cross-traffic.js';
import { describeFlow } from '../ledgers/flow.js';
import { isDatagrams, type LossEdge, type LossLedger } from '../ledgers/loss.js';
import type { Direction, Observations } from '../ledgers/observe.js';
import { hasBothEnds, isRequestResponse, isSelfInflicted } from '../ledgers/roles.js';
import { type Spikes, spikes } from '../ledgers/spikes.js';
import type { CauseId } from './causes.js';
import type { DropCause } from './drops.js';
import { duration, evidence, type Finding, percent, round } from './finding.js';
import { droppedInPod, type Lost, lostAt } from './lost.js';
import { congestors } from './network-cause.js';
import { hostOf, placeName, UNSEEN_CONFIDENCE } from './place.js';
import { networkRecords } from './network-records.js';
import { sizeLimit } from './size-limit.js';

const LEAST_RESENT = 3;
/** Taps name each datagram that is missing; who asks again after a second loses no more in a window. */
const LEAST_MISSING = 2;
/** Too little for a verdict at once. */
const DISPUTED = 0.6;
/** What one re-send costs its flow: between a round trip (fast) and the least timeout (RFC 6298, Linux: 200 ms). */
const RESEND_COST_US = 50_000;
const TIMEOUT_COST_US = 200_000;
/** How far a full queue raises the marks around the loss; below it the loss is not the queue's. */
const QUEUE_EXCESS_US = 3000;
/** Two timeouts in a row take longer (RFC 6298, Linux: 200 ms, then 400). */
const STILL_MS = 400;
/** Flows that grew and lose as much, and twice as much as the victim, overflow a queue that is not there all the time. */
const LEAST_OVERFLOW = 0.05;

export function loss(
  ledger: LossLedger,
  delay: DelayLedger,
  observations: Observations,
): Finding | null {
  const { direction } = ledger;
  const found = whereLost(ledger, observations);
  if (found === null || !hasBothEnds(direction)) return null;
  const { lost, resent } = found;
  const { edge } = lost;
  const queued = isLate(delay.path) ? delay.path.excessUs : 0;
  if (
    isSelfInflicted(direction, Math.max(queued, QUEUE_EXCESS_US), observations) &&
    (edge === 'network' || edge === 'unseen')
  )
    return null;
  const behind =
    edge === 'network' && !lost.mechanism ? networkLoss(ledger, delay, observations) : null;
  const { cause, layer, culprits } = causeOf(lost, behind);
  const recorded = cause === 'congested_link' ? networkRecords(direction.flow, observations) : null;
  const segments = Math.max(1, resent, ledger.segments);
  const sent = isDatagrams(direction.flow) ? 'datagrams' : 'segments';
  return {
    rule: 'loss_ledger',
    cause,
    ...(layer && { layer }),
    host: hostOf(edge, direction),
    victim: direction.flow,
    harmUs: (resent * RESEND_COST_US + found.timeouts * TIMEOUT_COST_US) / segments,
    confidence: confidenceOf(lost, ledger),
    culprits,
    evidence: [
      conservationEvidence(ledger, edge, observations),
      queueEvidence(behind?.queue, queued, observations),
      ...(behind?.proof ?? []),
      ...lost.proof,
      ...(recorded ? [recorded] : []),
    ],
    statement: `${round((100 * resent) / segments)} % of the ${sent} of ${describeFlow(direction.flow)} vanish ${placeName(edge, direction)}`,
  };
}

function confidenceOf({ edge, disputed }: Lost, { source }: LossLedger): number {
  if (edge === 'unseen') return UNSEEN_CONFIDENCE;
  if (disputed) return DISPUTED;
  return source === 'ranges' ? 0.9 : 0.75;
}

interface Found {
  readonly lost: Lost;
  readonly resent: number;
  readonly timeouts: number;
}

/**
 * Between two taps, or in a pod: then all taps see alike, and the kernel of an end says what it dropped. What a pod
 * drops of what it sends no tap sees at all: it is sent again after a timeout as though for the first time.
 */
function whereLost(ledger: LossLedger, observations: Observations): Found | null {
  const { direction, edge, resent, timeouts, lostSegments } = ledger;
  const least = isDatagrams(direction.flow) ? LEAST_MISSING : LEAST_RESENT;
  if (edge !== null && resent >= least) {
    // Who awaits the answer to a datagram that was lost waits as for a timeout.
    const awaited = isDatagrams(direction.flow) && isRequestResponse(direction) ? resent : timeouts;
    const lost = lostAt(edge, direction, lostSegments, observations);
    return { lost, resent, timeouts: awaited };
  }
  const inPod = droppedInPod(direction, observations);
  if (!inPod) return null;
  const all = Math.max(resent, inPod.packets);
  return all < LEAST_RESENT
    ? null
    : { lost: inPod.lost, resent: all, timeouts: timeouts + all - resent };
}

function conservationEvidence(
  { direction, source, resent, segments, timeouts, lostSegments, perTap }: LossLedger,
  edge: LossEdge,
  { window }: Observations,
): Evidence {
  const seen = perTap.map(
    (t) => `${t.host} ${t.place} saw ${t.segments}, ${t.resent} again, ${t.holes} holes`,
  );
  const view = source === 'ranges' ? 'tap_ranges' : 'tap_account';
  const again = `sent ${resent} of ${segments} segments again (${timeouts} after a timeout); ${round(lostSegments)}`;
  const missing = `sent ${segments} datagrams, of which ${round(lostSegments)}`;
  return evidence(
    'loss.conservation',
    true,
    `${describeFlow(direction.flow)} ${isDatagrams(direction.flow) ? missing : again} vanished ` +
      `${placeName(edge, direction)}: ${seen.join('; ')}.`,
    `SELECT * FROM ${view}(${window.fromNs}, ${window.toNs})`,
    Object.values(direction.ranges),
  );
}

function queueEvidence(
  told: string | undefined,
  queuedUs: number,
  { window }: Observations,
): Evidence {
  const usual =
    queuedUs > 0
      ? `Around the loss the path is ${duration(queuedUs)} late: a queue stands.`
      : 'The path’s times are flat around the loss: no queue stands.';
  const sql = `SELECT * FROM mark_edges(${window.fromNs}, ${window.toNs})`;
  return evidence('loss.queue', true, told ?? usual, sql);
}

interface NetworkLoss {
  readonly cause: CauseId;
  readonly culprits?: Culprit[];
  /** What is to be said of queues, if anything else than usual. */
  readonly queue?: string;
  readonly proof?: readonly Evidence[];
}

/** Why the network loses segments: their size, a queue that stands or comes and goes, or nothing that shows. */
function networkLoss(
  { direction, resent, segments }: LossLedger,
  delay: DelayLedger,
  observations: Observations,
): NetworkLoss {
  const limit = sizeLimit(direction, observations, stillForMs(direction));
  if (limit) return { cause: 'mtu_black_hole', proof: [limit.evidence] };
  const standing = isLate(delay.path) && !isSpiky(delay.path) ? delay.path.excessUs : 0;
  if (standing >= QUEUE_EXCESS_US) return { cause: 'congested_link' };
  const bursts = spikes(direction, observations);
  const loads = crossTraffic(direction, true, observations);
  const overflow = overflowShare(loads);
  const isFlooded = overflow >= LEAST_OVERFLOW && overflow >= 2 * (resent / Math.max(1, segments));
  if (!bursts && !isFlooded) return { cause: 'packet_loss' };
  return {
    cause: 'microburst',
    culprits: congestors(loads, direction),
    queue: [bursts && spikesSentence(bursts), isFlooded && floodSentence(overflow, loads)]
      .filter((sentence) => typeof sentence === 'string')
      .join(' '),
  };
}

/** How long nothing of it has got through, neither at first nor sent again; else what has arrived in the window counts. */
function stillForMs({ account: { ap, au, bu, bp } }: Direction): number {
  const stuckMs = (ap ?? au)?.stuck_ms ?? 0;
  const arrived = (bu ?? bp)?.retransmitted_segments ?? 0;
  return stuckMs >= STILL_MS && arrived === 0 ? stuckMs : Infinity;
}

const spikesSentence = ({ late, marks, flows, excessUs, expectedShare }: Spikes): string =>
  `${late} of ${marks} byte marks of ${flows} flows on the same link are ${duration(excessUs)} late in the network, ` +
  `now and then in each quarter of a second (${percent(expectedShare)} are usual): a short queue fills and empties.`;

const floodSentence = (overflow: number, loads: readonly Load[]): string =>
  `${percent(overflow)} of the bytes of ${growing(loads).length} flows that grew on the same link vanish there, ` +
  'and most marks are on time: a queue overflows in bursts.';

const LINK: Culprit = { kind: 'link', id: 'between the hosts', host: null, share: 1 };

function causeOf({ mechanism }: Lost, behind: NetworkLoss | null): DropCause {
  if (behind) return { cause: behind.cause, culprits: behind.culprits ?? [LINK] };
  return mechanism ?? { cause: 'other', culprits: [] };
}
