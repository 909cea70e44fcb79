/** What inside a host holds the packets of a late path: its queue, or the softirq that should move them. */
import type { Culprit, Evidence } from '../incidents/incident.js';
import type { DelayLedger, PathTerm } from '../ledgers/delay.js';
import type { MarkRow, Observations, QueueRow } from '../ledgers/observe.js';
import { covered, softirqWaits, type Stretch, waitCulprits } from '../ledgers/waiting.js';
import type { CauseId, Layer } from './causes.js';
import { duration, evidence, percent, processes, shared } from './finding.js';

export interface Attribution {
  readonly cause: CauseId;
  readonly layer?: Layer;
  readonly host: string | null | undefined;
  readonly confidence: number;
  readonly culprits: Culprit[];
  readonly evidence: Evidence[];
  readonly statement: string;
}

/** Other pods' bytes ahead of the victim from this share on name them. */
const NEIGHBOUR_SHARE = 0.5;
/** Of all bytes ahead: who has less is not worth a name. */
const NAMED_SHARE = 0.1;

type HostTerm = Exclude<PathTerm, 'network'>;

export function hostCause(
  ledger: DelayLedger,
  term: HostTerm,
  observations: Observations,
): Attribution {
  const { direction, edges } = ledger;
  const host = (term === 'sender_host' ? direction.srcHost : direction.dstHost) ?? undefined;
  const transmit = (term === 'sender_host' ? edges.sender_tx : edges.receiver_tx) ?? 0;
  const excess = ledger.excess[term];
  if (transmit > 0.5 * excess) return queueCause(ledger, host, transmit, observations);
  return receiveCause(ledger, term, host, observations);
}

function queueCause(
  ledger: DelayLedger,
  host: string | undefined,
  residenceUs: number,
  observations: Observations,
): Attribution {
  const ahead = observations.queue.filter((q) => q.host === host);
  const pod = (q: QueueRow): string => observations.endpoints.get(q.src)?.pod ?? q.src;
  const victimPod =
    ledger.direction.srcHost === host ? ledger.direction.srcPod : ledger.direction.dstPod;
  const total = ahead.reduce((t, q) => t + q.bytes_ahead, 0);
  const perPod = new Map<string, number>();
  for (const q of ahead) perPod.set(pod(q), (perPod.get(pod(q)) ?? 0) + q.bytes_ahead);
  const others = [...perPod].filter(([name]) => name !== victimPod);
  const othersShare = total > 0 ? others.reduce((t, [, bytes]) => t + bytes, 0) / total : 0;
  const device = ahead[0]?.ifname ?? 'uplink';
  const sql = `SELECT * FROM queue_composition(${observations.window.fromNs}, ${observations.window.toNs}, 300)`;
  const composition = evidence(
    'queue.composition',
    true,
    total > 0
      ? `While the late packets stood ${duration(residenceUs)} in ${device} of ${host}, ` +
          [...perPod]
            .sort((a, b) => b[1] - a[1])
            .slice(0, 3)
            .map(([name, bytes]) => `${name} sent ${percent(bytes / total)} of the bytes`)
            .join(', ') +
          ' ahead of them.'
      : `The late packets stood ${duration(residenceUs)} between the egress tap and the driver of ${host}.`,
    sql,
    ahead,
  );
  const backlog = observations.changes.find(
    (c) => c.host === host && c.source === 'qdisc' && c.metric.includes('backlog') && c.value > 0,
  );
  const local = backlog
    ? [
        evidence(
          'queue.backlog',
          true,
          `The qdisc of ${backlog.object} on ${host} held up to ${backlog.value} ${backlog.unit}.`,
          `SELECT * FROM host_changes(${observations.window.fromNs}, ${observations.window.toNs}) WHERE source = 'qdisc'`,
          [backlog],
        ),
      ]
    : [];
  if (othersShare >= NEIGHBOUR_SHARE)
    return {
      cause: 'noisy_neighbour',
      host,
      confidence: 0.6 + 0.35 * othersShare,
      culprits: shared(
        [...perPod].map(([id, bytes]) => ({
          kind: 'pod',
          id,
          host: host ?? null,
          share: bytes / total,
        })),
      ),
      evidence: [composition, ...local],
      statement: `Packets wait ${duration(residenceUs)} in the queue of ${device} on ${host}, behind the bytes of ${others
        .filter(([, bytes]) => bytes >= NAMED_SHARE * total)
        .sort((a, b) => b[1] - a[1])
        .slice(0, 2)
        .map(([name]) => name)
        .join(' and ')}`,
    };
  return {
    cause: 'qdisc_backlog',
    host,
    confidence: 0.85,
    culprits: [{ kind: 'qdisc', id: device, host: host ?? null, share: 1 }],
    evidence: [composition, ...local],
    statement: `Packets wait ${duration(residenceUs)} in the queue of ${device} on ${host}`,
  };
}

/** Packets wait before their host takes them up: its receive thread has no processor, or its softirqs are off. */
function receiveCause(
  ledger: DelayLedger,
  term: HostTerm,
  host: string | undefined,
  observations: Observations,
): Attribution {
  const excess = duration(ledger.excess[term]);
  const tasks = host ? waitCulprits(observations, host, 'softirq') : [];
  const { stalledUs, starvedUs } = receiveWaits(ledger, term, host, observations);
  const stalled = stalledUs > starvedUs;
  const had = tasks.slice(0, 3).map((t) => `${t.comm}/${t.tgid} had the CPU ${percent(t.share)}`);
  const who = evidence(
    'softirq.waits',
    tasks.length > 0,
    `While late packets were under way, softirqs of ${host} were off for ${duration(stalledUs)} in sum, ` +
      `and its receive processing lacked a processor for ${duration(starvedUs)}. ` +
      (had.length > 0 ? `Meanwhile ${had.join(', ')}.` : 'No task was seen to keep it waiting.'),
    `SELECT * FROM wait_culprits(${observations.window.fromNs}, ${observations.window.toNs}) WHERE kind = 'softirq'`,
    tasks,
  );
  return {
    cause: stalled ? 'kernel_stall' : 'softirq_starvation',
    host,
    confidence: tasks.length > 0 ? 0.85 : 0.65,
    culprits: processes(tasks, host ?? null),
    evidence: [who],
    statement: stalled
      ? `Packets wait ${excess} on ${host} while its kernel keeps softirqs off`
      : `Packets wait ${excess} inside ${host}, between its driver and its pods`,
  };
}

/** Of the time that late marks were under way, how much the receive processing of `host` waited. */
function receiveWaits(
  { path, direction }: DelayLedger,
  term: HostTerm,
  host: string | undefined,
  observations: Observations,
): { stalledUs: number; starvedUs: number } {
  const { stalled, starved } = softirqWaits(observations, host ?? '');
  const late = (path?.late ?? direction.now).flatMap((m) => underWay(m, term) ?? []);
  const during = (waits: readonly Stretch[]): number =>
    late.reduce((total, { start, end }) => total + covered(start, end, waits) / 1000, 0);
  return { stalledUs: during(stalled), starvedUs: during(starved) };
}

/** From the sender's uplink until its ACK is back there, on the clock of either host. */
function underWay(m: MarkRow, term: HostTerm): Stretch | null {
  if (m.au_ns === null || m.bu_ns === null || m.r_au === null || m.t_bu === null) return null;
  return term === 'sender_host'
    ? { start: m.au_ns, end: m.au_ns + m.r_au * 1000 }
    : { start: m.bu_ns - (m.r_au - m.t_bu) * 1000, end: m.bu_ns + m.t_bu * 1000 };
}
