/** Rules over the receiving pod's own time: its threads waited for a processor, or took their time. */
import { type DelayLedger, isLate } from '../ledgers/delay.js';
import { describeFlow, flowId, reversed } from '../ledgers/flow.js';
import { isFelt, slowsDown } from '../ledgers/impact.js';
import type { AccountRow, MarkRow, Observations } from '../ledgers/observe.js';
import { isClient } from '../ledgers/roles.js';
import { type Queued, queued, type Waiting, waitCulprits, waiting } from '../ledgers/waiting.js';
import { duration, evidence, type Finding, percent, processes } from './finding.js';

/** Waiting explains the late time from this share on. */
const EXPLAINED = 0.4;
/** Response times of the server's own pod tap must grow by this much, and by half, to count as slow. */
const LEAST_RESPONSE_GROWTH_US = 2000;
const LEAST_RESPONSES = 3;
/** On average: felt however seldom it is asked. */
export const FELT_GROWTH_US = 6000;

export function podDelay(ledger: DelayLedger, observations: Observations): Finding | null {
  const { direction, pod } = ledger;
  const host = direction.dstHost;
  if (host === null || !isLate(pod) || !isFelt(pod, direction, observations)) return null;
  const waited = waiting(pod.late, host, direction.flow.dst, observations);
  const client = isClient(direction.flow, observations);
  // The direction towards a client ends in the client's own pause: only waiting for a processor is a fault there.
  const victim = client === false ? reversed(direction.flow) : direction.flow;
  const common = { victim, harmUs: pod.harmUs, host };
  const stays = queued(pod.late, host, observations);
  const queue = share(stays.us, waited);
  const throttled = share(waited.throttledUs, waited);
  const runnable = share(waited.runnableUs, waited);
  if (queue >= EXPLAINED && queue >= Math.max(throttled, runnable))
    return { ...common, ...podQueue(pod.late, host, stays, queue, observations) };
  if (throttled >= EXPLAINED && throttled >= runnable)
    return { ...common, ...throttling(pod.late, waited, throttled, observations) };
  const stalled = share(waited.stalledUs, waited);
  if (stalled >= Math.max(EXPLAINED, 0.5 * runnable))
    return { ...common, ...stall(pod.late, host, waited, stalled, observations) };
  if (runnable >= EXPLAINED)
    return { ...common, ...contention(pod.late, host, waited, runnable, observations) };
  if (client !== true || pod.late.every(isDelayedAck)) return null;
  return ownTime(ledger, waited, observations);
}

const share = (part: number, { lateUs }: Waiting): number =>
  lateUs > 0 ? Math.min(1, part / lateUs) : 0;

/** Closed by a bare ACK at the delayed-ACK timeout: says nothing of the application. */
const isDelayedAck = (m: MarkRow): boolean => m.piggyback === 0 && (m.t_bp ?? 0) < 60_000;

const waitsSql = (o: Observations): string =>
  `SELECT * FROM thread_waits(${o.window.fromNs}, ${o.window.toNs})`;

type Attributed = Omit<Finding, 'victim' | 'harmUs' | 'host'>;

function contention(
  late: readonly MarkRow[],
  host: string,
  waited: Waiting,
  runnable: number,
  observations: Observations,
): Attributed {
  const tasks = waitCulprits(observations, host, 'wait');
  const names = tasks.slice(0, 2).map((t) => `${t.comm}/${t.tgid}`);
  return {
    rule: 'scheduler_ledger',
    cause: 'cpu_contention',
    confidence: 0.6 + 0.35 * runnable,
    culprits: processes(tasks, host),
    evidence: [
      evidence(
        'scheduler.runnable',
        true,
        `${waited.threads.slice(0, 3).join(', ')} on ${host} stood runnable without a CPU for ` +
          `${duration(waited.runnableUs)} of the ${duration(waited.lateUs)} that ${late.length} late marks took in the pod (${percent(runnable)}).`,
        waitsSql(observations),
      ),
      evidence(
        'scheduler.culprits',
        true,
        `Meanwhile ${tasks
          .slice(0, 3)
          .map(
            (t) => `${t.comm}/${t.tgid} (priority ${t.priority}) had the CPU ${percent(t.share)}`,
          )
          .join(', ')}.`,
        `SELECT * FROM wait_culprits(${observations.window.fromNs}, ${observations.window.toNs}) WHERE kind = 'wait'`,
        tasks,
      ),
    ],
    statement: `Threads of the pod on ${host} wait ${duration(waited.runnableUs / late.length)} a request for a CPU that ${names.join(' and ') || 'other tasks'} held`,
  };
}

function throttling(
  late: readonly MarkRow[],
  waited: Waiting,
  throttled: number,
  observations: Observations,
): Attributed {
  const cgroup = waited.cgroups[0] ?? waited.threads[0] ?? 'unknown';
  return {
    rule: 'scheduler_ledger',
    cause: 'cpu_throttled',
    confidence: 0.6 + 0.35 * throttled,
    culprits: [{ kind: 'cgroup', id: cgroup, host: null, share: 1 }],
    evidence: [
      evidence(
        'scheduler.throttled',
        true,
        `Threads of ${cgroup} were held back by their CPU quota for ${duration(waited.throttledUs)} of the ` +
          `${duration(waited.lateUs)} that ${late.length} late marks took in the pod (${percent(throttled)}).`,
        waitsSql(observations),
      ),
    ],
    statement: `The CPU quota of ${cgroup} holds its threads back`,
  };
}

/** A shaper or another full queue between the pod tap and the socket. */
function podQueue(
  late: readonly MarkRow[],
  host: string,
  { us, devices }: Queued,
  queue: number,
  observations: Observations,
): Attributed {
  const device = devices[0] ?? 'unknown';
  return {
    rule: 'queue_ledger',
    cause: 'qdisc_backlog',
    confidence: 0.6 + 0.35 * queue,
    culprits: [{ kind: 'qdisc', id: device, host, share: 1 }],
    evidence: [
      evidence(
        'queue.stays',
        true,
        `Packets of it stood ${duration(us)} in the queue of ${devices.slice(0, 2).join(' and ')} on ${host}, of the ` +
          `${duration(late.reduce((t, m) => t + (m.t_bp ?? 0), 0))} that ${late.length} late marks took behind the pod tap (${percent(queue)}).`,
        `SELECT * FROM queue_stays(${observations.window.fromNs}, ${observations.window.toNs}, 300)`,
        observations.queueStays.filter((s) => s.host === host),
      ),
    ],
    statement: `Packets wait ${duration(us / late.length)} in the queue of ${device} on ${host}, between the pod tap and the pod`,
  };
}

/** Whoever kept softirqs off held the pod's packets, and often its threads too. */
function stall(
  late: readonly MarkRow[],
  host: string,
  waited: Waiting,
  stalled: number,
  observations: Observations,
): Attributed {
  return {
    rule: 'scheduler_ledger',
    cause: 'kernel_stall',
    confidence: 0.6 + 0.35 * stalled,
    culprits: processes(waitCulprits(observations, host, 'softirq'), host),
    evidence: [
      evidence(
        'scheduler.stalled',
        true,
        `Softirqs of ${host} were due and off for ${duration(waited.stalledUs)} of the ${duration(waited.lateUs)} ` +
          `that ${late.length} late marks took in the pod (${percent(stalled)}).`,
        `${waitsSql(observations)} WHERE kind = 'softirq'`,
      ),
    ],
    statement: `The pod on ${host} waits ${duration(waited.stalledUs / late.length)} a request while the kernel keeps softirqs off`,
  };
}

/** The server slept of its own will while its client waited. */
function ownTime(ledger: DelayLedger, waited: Waiting, observations: Observations): Finding | null {
  const { direction, pod } = ledger;
  if (!pod || direction.dstHost === null) return null;
  return slowApplication(ledger.direction, pod.harmUs, observations, [
    evidence(
      'pod.own_time',
      true,
      `${pod.late.length} of ${pod.marks} marks took ${duration(pod.excessUs)} longer in the pod on ${direction.dstHost}; ` +
        `only ${percent(share(waited.runnableUs + waited.throttledUs, waited))} of that was spent waiting for a CPU.`,
      waitsSql(observations),
    ),
  ]);
}

function slowApplication(
  direction: DelayLedger['direction'],
  harmUs: number,
  observations: Observations,
  proof: Finding['evidence'],
): Finding {
  return {
    rule: 'response_time',
    cause: 'app_limited',
    host: direction.dstHost,
    victim: direction.flow,
    harmUs,
    confidence: 0.8,
    culprits: [
      {
        kind: 'pod',
        id: direction.dstPod ?? direction.flow.dst,
        host: direction.dstHost,
        share: 1,
      },
    ],
    evidence: [...proof],
    statement: `The application behind ${direction.flow.dst}:${direction.flow.dst_port} on ${direction.dstHost} takes its time over ${describeFlow(direction.flow)}`,
  };
}

/** Of one tap, where it is more than usual; null otherwise. */
export function responseGrowthUs(
  now: AccountRow | undefined,
  before: AccountRow | undefined,
): number | null {
  if (!now || !before) return null;
  if (now.responses < LEAST_RESPONSES || before.responses < LEAST_RESPONSES) return null;
  // A request that is sent again after a timeout was not acknowledged: the application has not seen it.
  if (now.rto_retransmissions > 0) return null;
  const usualUs = before.response_mean_us ?? 0;
  const growth = (now.response_mean_us ?? 0) - usualUs;
  return growth < Math.max(LEAST_RESPONSE_GROWTH_US, 0.5 * usualUs) ? null : growth;
}

/** Response times at the server's own pod tap grew, whatever its ACKs did: slower than the delayed ACK can show. */
export function slowResponses(ledger: DelayLedger, observations: Observations): Finding | null {
  const { direction } = ledger;
  const now = direction.account.bp;
  const before = direction.accountBefore.bp;
  const growth = responseGrowthUs(now, before);
  if (!now || !before || growth === null || direction.dstHost === null) return null;
  if (isClient(direction.flow, observations) !== true) return null;
  if (growth < FELT_GROWTH_US && !slowsDown(growth, direction, observations)) return null;
  const waited = waiting(direction.now, direction.dstHost, direction.flow.dst, observations);
  if (share(waited.runnableUs + waited.throttledUs, waited) >= EXPLAINED) return null;
  return slowApplication(direction, growth, observations, [
    evidence(
      'pod.response_time',
      true,
      `From request to response at the pod tap of ${direction.dstHost}: ${duration(now.response_mean_us ?? 0)} ` +
        `(mean of ${now.responses}) against ${duration(before.response_mean_us ?? 0)} before.`,
      `SELECT * FROM tap_account(${observations.window.fromNs}, ${observations.window.toNs})`,
      [
        {
          flow: flowId(direction.flow),
          now_us: now.response_mean_us,
          before_us: before.response_mean_us,
        },
      ],
    ),
  ]);
}
