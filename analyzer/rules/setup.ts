/** Rules over the connection-setup ledger: SYNs that nobody answers, or that are refused. */
import { deadEdge, type LossEdge } from '../ledgers/loss.js';
import { describeFlow, flowId, isDns, type Place, PLACES, reversed } from '../ledgers/flow.js';
import type { ChangeRow, Direction, Observations } from '../ledgers/observe.js';
import { causeOfDrop, type DropCause, dropEvidence, dropsOn } from './drops.js';
import { evidence, type Finding, SETUP_HARM_US } from './finding.js';
import { hostOf, placeName, UNSEEN_CONFIDENCE } from './place.js';
import { type Lost, lostAt } from './lost.js';
import { refused } from './refused.js';

export function setup(direction: Direction, observations: Observations): Finding | null {
  const first = PLACES.map((p) => direction.account[p]).find((r) => r && r.syns > 0);
  if (!first) return null;
  const back = observations.directions.get(flowId(reversed(direction.flow)));
  const answers = Object.values(back?.account ?? {});
  const isAnswered = answers.some((r) => r.syn_acks > 0);
  if (back && answers.some((r) => r.resets > 0) && !isAnswered)
    return refused(direction, back, observations);
  if (first.syn_retries < 1) return null;
  const forward = deadEdge(direction, (place) => direction.account[place]?.syns ?? 0);
  if (!forward) return null;
  if (forward.edge !== 'receiver_pod' && !(forward.edge === 'unseen' && isAnswered))
    return vanished(direction, forward.edge, 'SYN', observations);
  if (back && isAnswered) {
    const backward = deadEdge(back, (place) => back.account[place]?.syn_acks ?? 0);
    return backward && backward.edge !== 'receiver_pod'
      ? vanished(back, backward.edge, 'SYN-ACK', observations, direction)
      : null;
  }
  return ignored(direction, observations);
}

const sql = (o: Observations): string =>
  `SELECT * FROM tap_account(${o.window.fromNs}, ${o.window.toNs})`;

const counts = (direction: Direction, key: 'syns' | 'syn_acks'): string =>
  PLACES.flatMap((p) => {
    const row = direction.account[p];
    return row ? [`${row.host} ${p} ${row[key]}`] : [];
  }).join(', ');

function vanished(
  direction: Direction,
  seen: LossEdge,
  what: 'SYN' | 'SYN-ACK',
  observations: Observations,
  client: Direction = direction,
): Finding {
  const lost = lostAt(seen, direction, 1, observations);
  const { edge } = lost;
  const certain = lost.mechanism || edge === 'network' ? 0.92 : 0.75;
  const { cause, layer, culprits } = vanishingCause(lost, direction, observations);
  return {
    rule: 'setup_ledger',
    cause,
    ...(layer && { layer }),
    host: hostOf(edge, direction),
    victim: client.flow,
    harmUs: SETUP_HARM_US,
    confidence: edge === 'unseen' ? UNSEEN_CONFIDENCE : certain,
    culprits,
    evidence: [
      evidence(
        'setup.taps',
        true,
        `${what} of ${describeFlow(direction.flow)} seen: ${counts(direction, what === 'SYN' ? 'syns' : 'syn_acks')}; it vanishes ${placeName(edge, direction)}.`,
        sql(observations),
        Object.values(direction.account),
      ),
      ...lost.proof,
    ],
    statement: `The ${what} of ${describeFlow(direction.flow)} vanishes ${placeName(edge, direction)}`,
  };
}

function vanishingCause(
  { edge, mechanism }: Lost,
  direction: Direction,
  observations: Observations,
): DropCause {
  if (mechanism) return mechanism;
  if (edge === 'unseen') return { cause: 'other', culprits: [] };
  if (edge !== 'network') return { cause: 'netfilter_drop', culprits: [] };
  const { srcHost, dstHost } = direction;
  const filtered = isDns(direction.flow) ? 'dns_loss' : 'syn_filtered';
  return {
    cause: othersPass(direction, observations) ? filtered : 'partition',
    culprits: [{ kind: 'link', id: `${srcHost} → ${dstHost}`, host: null, share: 1 }],
  };
}

/** Some other flow between the same two hosts came through in the same direction, within so long. */
export function othersPass(
  direction: Direction,
  observations: Observations,
  withinMs = Infinity,
): boolean {
  for (const other of observations.directions.values()) {
    if (other === direction || other.srcHost !== direction.srcHost) continue;
    if (other.dstHost !== direction.dstHost || other.flow.protocol !== direction.flow.protocol)
      continue;
    const seen = (place: Place): boolean => {
      const row = other.account[place];
      return row !== undefined && row.packets > 0 && row.seen_ms_ago < withinMs;
    };
    if (seen('bu') || seen('bp')) return true;
  }
  return false;
}

/** The SYN reached the pod and was not answered. */
function ignored(direction: Direction, observations: Observations): Finding {
  const host = direction.dstHost ?? undefined;
  const overflow = observations.changes.find(
    (c): c is ChangeRow =>
      c.host === host && /^Listen(Overflows|Drops)$/.test(c.metric) && c.value > 0,
  );
  const [drop] = dropsOn(host, direction, observations);
  const dropped = overflow || !drop ? null : causeOfDrop(drop);
  return {
    rule: 'setup_ledger',
    cause: dropped?.cause ?? 'listen_overflow',
    ...(dropped?.layer && { layer: dropped.layer }),
    host,
    victim: direction.flow,
    harmUs: SETUP_HARM_US,
    confidence: overflow || drop ? 0.93 : 0.7,
    culprits: dropped?.culprits ?? [
      {
        kind: 'socket',
        id: `${direction.flow.dst}:${direction.flow.dst_port}`,
        host: host ?? null,
        share: 1,
      },
    ],
    evidence: [
      evidence(
        'setup.unanswered',
        true,
        `The SYN of ${describeFlow(direction.flow)} reached the pod tap of ${host} (${counts(direction, 'syns')}) and was not answered.`,
        sql(observations),
        Object.values(direction.account),
      ),
      ...(overflow
        ? [
            evidence(
              'setup.listen_overflow',
              true,
              `${overflow.metric} of ${overflow.object} on ${host} grew by ${overflow.value}.`,
              `SELECT * FROM host_changes(${observations.window.fromNs}, ${observations.window.toNs}) WHERE source = 'netstat'`,
              [overflow],
            ),
          ]
        : []),
      ...(drop ? [dropEvidence(drop, 1, observations)] : []),
    ],
    statement: `${host ?? 'The receiver'} takes no new connections to ${direction.flow.dst}:${direction.flow.dst_port}`,
  };
}
