/** Rules over the progress of data: outstanding and not acknowledged for long, or held by a closed window. */
import type { Culprit } from '../incidents/incident.js';
import { deadEdge, type LossEdge } from '../ledgers/loss.js';
import { describeFlow, flowId, type Place, PLACES, reversed } from '../ledgers/flow.js';
import type { Direction, Observations } from '../ledgers/observe.js';
import { hasBothEnds } from '../ledgers/roles.js';
import type { DropCause } from './drops.js';
import { duration, evidence, type Finding } from './finding.js';
import { hostOf, placeName, UNSEEN_CONFIDENCE } from './place.js';
import { droppedInPod, type Lost, lostAt } from './lost.js';
import { othersPass } from './setup.js';
import { type SizeLimit, sizeLimit } from './size-limit.js';

/** Data outstanding without progress for so long is stuck. */
const STUCK_MS = 800;
const LEAST_RESENT = 2;
/** Stuck for so long it is sent again more rarely (RFC 6298: the timeout doubles): once in the window is enough. */
const LONG_STUCK_MS = 2 * STUCK_MS;

const sql = (o: Observations): string =>
  `SELECT * FROM tap_account(${o.window.fromNs}, ${o.window.toNs})`;

export function stuck(direction: Direction, observations: Observations): Finding | null {
  const first = PLACES.map((p) => direction.account[p]).find((r) => r);
  if (!first || (first.stuck_ms ?? 0) < STUCK_MS) return null;
  const least = (first.stuck_ms ?? 0) >= LONG_STUCK_MS ? 1 : LEAST_RESENT;
  if (first.retransmitted_segments < least || first.zero_windows > 0) return null;
  if (!hasBothEnds(direction)) return null;
  const dead = deadWay(direction, observations);
  if (!dead) return null;
  const { impaired, lost } = dead;
  const { edge, proof } = lost;
  const stuckMs = first.stuck_ms ?? 0;
  const limit =
    edge === 'network' && !lost.mechanism ? sizeLimit(impaired, observations, stuckMs) : null;
  const { cause, layer, culprits } =
    lost.mechanism ?? unknownCause(edge, impaired, limit, stuckMs, observations);
  const certain = lost.mechanism || edge === 'network' ? 0.9 : 0.7;
  return {
    rule: 'progress_ledger',
    cause,
    ...(layer && { layer }),
    host: hostOf(edge, impaired),
    victim: direction.flow,
    harmUs: stuckMs * 1000,
    confidence: edge === 'unseen' ? UNSEEN_CONFIDENCE : certain,
    culprits,
    evidence: [
      evidence(
        'progress.stuck',
        true,
        `${describeFlow(direction.flow)} has made no progress for ${duration(stuckMs * 1000)}; ` +
          `its packets vanish ${placeName(edge, impaired)} (last seen at ${dead.last}).`,
        sql(observations),
        Object.values(impaired.account),
      ),
      ...proof,
      ...(limit ? [limit.evidence] : []),
    ],
    statement: limit
      ? `Segments of ${Math.round(limit.vanishing)} bytes of ${describeFlow(direction.flow)} vanish ${placeName(edge, impaired)}, smaller ones arrive`
      : `Nothing of ${describeFlow(direction.flow)} gets through: it vanishes ${placeName(edge, impaired)}`,
  };
}

interface DeadWay {
  readonly lost: Lost;
  readonly last: Place;
  /** The data's direction, or, where the data arrive, that of their ACKs. */
  readonly impaired: Direction;
}

function deadWay(direction: Direction, observations: Observations): DeadWay | null {
  const back = observations.directions.get(flowId(reversed(direction.flow)));
  const data = deadEdge(direction, (p) => direction.account[p]?.retransmitted_segments ?? 0);
  if (!data) return null;
  const ofData = (edge: LossEdge): DeadWay => ({
    lost: lostAt(edge, direction, 1, observations),
    last: data.last,
    impaired: direction,
  });
  if (data.edge !== 'receiver_pod' && data.edge !== 'unseen') return ofData(data.edge);
  const acks = back && deadEdge(back, (p) => back.account[p]?.packets ?? 0);
  if (back && acks && acks.edge !== 'receiver_pod')
    return { lost: lostAt(acks.edge, back, 1, observations), last: acks.last, impaired: back };
  if (data.edge === 'unseen') return ofData(data.edge);
  const inPod = droppedInPod(direction, observations);
  return inPod && { lost: inPod.lost, last: data.last, impaired: direction };
}

const linkBetween = ({ srcHost, dstHost }: Direction, host: string | null): Culprit => ({
  kind: 'link',
  id: `${srcHost} → ${dstHost}`,
  host,
  share: 1,
});

function unknownCause(
  edge: LossEdge,
  impaired: Direction,
  limit: SizeLimit | null,
  stuckMs: number,
  observations: Observations,
): DropCause {
  if (edge === 'unseen') return { cause: 'other', culprits: [] };
  const culprits = [linkBetween(impaired, hostOf(edge, impaired) ?? null)];
  if (edge !== 'network') return { cause: 'other', layer: 'netfilter', culprits };
  if (limit) return { cause: 'mtu_black_hole', culprits };
  const alive = othersPass(impaired, observations, stuckMs);
  return { cause: alive ? 'packet_loss' : 'partition', culprits };
}

/** A request waits this long, and this many times longer than usual, for an answer. */
const UNANSWERED_MS = 1000;
const UNUSUAL = 20;
/** One connection may have been left in the middle of a conversation; several were not. */
const LEAST_UNANSWERED = 2;

/** A response is told by its sweep, half a second late; the request by its own time. */
const SWEEP_MS = 700;

/** Requests reached the pod, on several connections, and its server answers nobody. */
export function unanswered(direction: Direction, observations: Observations): Finding | null {
  const { flow, dstHost, dstPod } = direction;
  const waits = (d: Direction): boolean => {
    const at = d.account.bp;
    return (
      at !== undefined &&
      at.unanswered_ms >= Math.max(UNANSWERED_MS, (UNUSUAL * at.usual_response_us) / 1000)
    );
  };
  const own = direction.account.bp;
  if (!own || dstHost === null || direction.dstSilent) return null;
  if (!waits(direction) || !own.dst_present) return null;
  const same = [...observations.directions.values()].filter(
    (d) => d.flow.dst === flow.dst && d.flow.dst_port === flow.dst_port,
  );
  const waiting = same.filter(waits);
  const answers = same.some(
    ({ account: { bp } }) => (bp?.answered_ms_ago ?? Infinity) < own.unanswered_ms - SWEEP_MS,
  );
  if (waiting.length < LEAST_UNANSWERED || answers) return null;
  return {
    rule: 'response_time',
    cause: 'app_limited',
    host: dstHost,
    victim: flow,
    harmUs: own.unanswered_ms * 1000,
    confidence: 0.85,
    culprits: [{ kind: 'pod', id: dstPod ?? flow.dst, host: dstHost, share: 1 }],
    evidence: [
      evidence(
        'progress.unanswered',
        true,
        `${waiting.length} connections to ${flow.dst}:${flow.dst_port} await an answer, the oldest for ` +
          `${duration(1000 * Math.max(...waiting.map((d) => d.account.bp?.unanswered_ms ?? 0)))}; usual is ` +
          `${duration(own.usual_response_us)}. The requests passed the pod tap of ${dstHost} and were acknowledged; nobody was answered since.`,
        sql(observations),
        waiting.map((d) => ({ ...d.flow, unanswered_ms: d.account.bp?.unanswered_ms })),
      ),
    ],
    statement: `The server at ${flow.dst}:${flow.dst_port} on ${dstHost} has stopped answering`,
  };
}

/** The receiver closed its window and kept it closed. */
export function closedWindow(direction: Direction, observations: Observations): Finding | null {
  const at =
    direction.account.bp ?? direction.account.bu ?? direction.account.au ?? direction.account.ap;
  const before = direction.accountBefore[at?.place === 'other' ? 'bp' : (at?.place ?? 'bp')];
  if (!at || at.zero_windows < 1 || (before?.zero_windows ?? 0) > 0) return null;
  return {
    rule: 'window_ledger',
    cause: 'slow_reader',
    host: direction.dstHost ?? undefined,
    victim: direction.flow,
    harmUs: Math.max(at.stuck_ms ?? 0, 200) * 1000,
    confidence: 0.88,
    culprits: [
      {
        kind: 'pod',
        id: direction.dstPod ?? direction.flow.dst,
        host: direction.dstHost,
        share: 1,
      },
    ],
    evidence: [
      evidence(
        'window.zero',
        true,
        `${direction.flow.dst}:${direction.flow.dst_port} on ${direction.dstHost} advertised a zero window ${at.zero_windows} times; none before.`,
        sql(observations),
        [at],
      ),
    ],
    statement: `The reader at ${direction.flow.dst}:${direction.flow.dst_port} on ${direction.dstHost} does not read`,
  };
}
