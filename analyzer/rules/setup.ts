/** Rules over the connection-setup ledger: SYNs that nobody answers, or that are refused. */
import { deadEdge, type LossEdge } from '../ledgers/loss.js';
import { describeFlow, flowId, isDns, type Place, PLACES, reversed } from '../ledgers/flow.js';
import type { ChangeRow, Direction, DropRow, Observations } from '../ledgers/observe.js';
import type { Culprit, Evidence } from '../incidents/incident.js';
import type { CauseId } from './causes.js';
import { evidence, type Finding } from './finding.js';
import { hostOf, PLACE_NAMES } from './loss.js';

/** A client that cannot connect loses all of its time; one retry costs the initial RTO (RFC 6298: 1 s). */
const SETUP_HARM_US = 1_000_000;

export function setup(direction: Direction, observations: Observations): Finding | null {
  const first = PLACES.map((p) => direction.account[p]).find((r) => r && r.syns > 0);
  if (!first) return null;
  const back = observations.directions.get(flowId(reversed(direction.flow)));
  const answers = Object.values(back?.account ?? {});
  if (answers.some((r) => r.resets > 0) && !answers.some((r) => r.syn_acks > 0))
    return isRefusedAgain(direction, observations) ? refused(direction, back, observations) : null;
  if (first.syn_retries < 1) return null;
  const forward = deadEdge(direction, (place) => direction.account[place]?.syns ?? 0);
  if (!forward) return null;
  if (forward.edge !== 'receiver_pod')
    return vanished(direction, forward.edge, 'SYN', observations);
  if (back && Object.values(back.account).some((r) => r.syn_acks > 0)) {
    const backward = deadEdge(back, (place) => back.account[place]?.syn_acks ?? 0);
    return backward && backward.edge !== 'receiver_pod'
      ? vanished(back, backward.edge, 'SYN-ACK', observations, direction)
      : null;
  }
  return ignored(direction, observations);
}

/** Refused at least twice, and nobody got in: a server that has just started refuses once. */
function isRefusedAgain({ flow }: Direction, observations: Observations): boolean {
  let refusals = 0;
  for (const back of observations.directions.values()) {
    if (back.flow.src !== flow.dst || back.flow.src_port !== flow.dst_port) continue;
    const rows = Object.values(back.account);
    if (rows.some((r) => r.syn_acks > 0)) return false;
    if (rows.some((r) => r.resets > 0)) refusals++;
  }
  return refusals >= 2;
}

const sql = (o: Observations): string =>
  `SELECT * FROM tap_account(${o.window.fromNs}, ${o.window.toNs})`;

function refused(
  direction: Direction,
  back: Direction | undefined,
  observations: Observations,
): Finding {
  const from = PLACES.map((p) => back?.account[p]).find((r) => r && r.resets > 0);
  const server = direction.dstPod ?? direction.flow.dst;
  return {
    rule: 'setup_ledger',
    cause: 'no_listener',
    host: direction.dstHost ?? undefined,
    victim: direction.flow,
    harmUs: SETUP_HARM_US,
    confidence: 0.95,
    culprits: [
      {
        kind: 'socket',
        id: `${direction.flow.dst}:${direction.flow.dst_port}`,
        host: direction.dstHost,
        share: 1,
      },
    ],
    evidence: [
      evidence(
        'setup.reset',
        true,
        `${server} answers the SYN of ${describeFlow(direction.flow)} with RST, seen leaving at ${from?.host ?? '?'} (${from?.place ?? '?'}).`,
        sql(observations),
        Object.values(direction.account),
      ),
    ],
    statement: `${direction.dstHost ?? 'The receiver'} refuses connections to ${direction.flow.dst}:${direction.flow.dst_port}`,
  };
}

const counts = (direction: Direction, key: 'syns' | 'syn_acks'): string =>
  PLACES.flatMap((p) => {
    const row = direction.account[p];
    return row ? [`${row.host} ${p} ${row[key]}`] : [];
  }).join(', ');

function vanished(
  direction: Direction,
  edge: LossEdge,
  what: 'SYN' | 'SYN-ACK',
  observations: Observations,
  client: Direction = direction,
): Finding {
  const host = hostOf(edge, direction);
  const drop = observations.drops.find((d) => d.host === host && touches(d, direction));
  const cause = dropCause(edge, drop, direction, observations);
  return {
    rule: 'setup_ledger',
    cause: cause.cause,
    host,
    victim: client.flow,
    harmUs: SETUP_HARM_US,
    confidence: drop || edge === 'network' ? 0.92 : 0.75,
    culprits: cause.culprits,
    evidence: [
      evidence(
        'setup.taps',
        true,
        `${what} of ${describeFlow(direction.flow)} seen: ${counts(direction, what === 'SYN' ? 'syns' : 'syn_acks')}; it vanishes ${PLACE_NAMES[edge]}.`,
        sql(observations),
        Object.values(direction.account),
      ),
      ...(drop ? [dropEvidence(drop, observations)] : []),
    ],
    statement: `The ${what} of ${describeFlow(direction.flow)} vanishes ${PLACE_NAMES[edge]}`,
  };
}

const touches = (d: DropRow, { flow }: Direction): boolean =>
  d.src === flow.src && d.dst === flow.dst && d.dst_port === flow.dst_port;

export const dropEvidence = (d: DropRow, o: Observations): Evidence =>
  evidence(
    'drop.reason',
    true,
    `${d.host} dropped ${d.packets} packets of it: ${d.reason} in ${d.symbol}${d.ifname ? ` on ${d.ifname}` : ''}.`,
    `SELECT * FROM drops(${o.window.fromNs}, ${o.window.toNs})`,
    [d],
  );

function dropCause(
  edge: LossEdge,
  drop: DropRow | undefined,
  direction: Direction,
  observations: Observations,
): { cause: CauseId; culprits: Culprit[] } {
  if (edge === 'network') {
    const alive = othersPass(direction, observations);
    const culprit: Culprit = {
      kind: 'link',
      id: `${direction.srcHost} → ${direction.dstHost}`,
      host: null,
      share: 1,
    };
    const filtered = isDns(direction.flow) ? 'dns_loss' : 'syn_filtered';
    return { cause: alive ? filtered : 'partition', culprits: [culprit] };
  }
  const host = hostOf(edge, direction) ?? null;
  if (drop && /NETFILTER/.test(drop.reason))
    return {
      cause: 'netfilter_drop',
      culprits: [{ kind: 'rule', id: drop.symbol, host, share: 1 }],
    };
  return { cause: 'netfilter_drop', culprits: [] };
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
  const drop = observations.drops.find((d) => d.host === host && touches(d, direction));
  const cause: CauseId = overflow
    ? 'listen_overflow'
    : drop && /NETFILTER/.test(drop.reason)
      ? 'netfilter_drop'
      : 'listen_overflow';
  return {
    rule: 'setup_ledger',
    cause,
    host,
    victim: direction.flow,
    harmUs: SETUP_HARM_US,
    confidence: overflow || drop ? 0.93 : 0.7,
    culprits: [
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
      ...(drop ? [dropEvidence(drop, observations)] : []),
    ],
    statement: `${host ?? 'The receiver'} takes no new connections to ${direction.flow.dst}:${direction.flow.dst_port}`,
  };
}
