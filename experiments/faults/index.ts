/** Every fault that can be made here. Adding one: docs/recipes/add-a-fault.md. */
import { NetverdictError } from '../../primitives/common/errors/index.js';
import { appLimited } from './app-limited.js';
import { congestedLink } from './congested-link.js';
import { cpuContention } from './cpu-contention.js';
import { cpuThrottled } from './cpu-throttled.js';
import { creepingAnswers } from './creeping-answers.js';
import type { Fault } from './fault.js';
import { healthy, healthyBulk, healthyHog, healthyPause, slowPath } from './healthy-controls.js';
import {
  healthyDeletedPod,
  healthyIdle,
  healthyLeaving,
  healthyNagle,
  healthyPolling,
} from './healthy-connections.js';
import { healthyFlows, healthyHalfLoad, healthyRateChange } from './healthy-load.js';
import { interfaceDown } from './interface-down.js';
import { kernelStall } from './kernel-stall.js';
import { listenOverflow } from './listen-overflow.js';
import { microburst } from './microburst.js';
import { partition, synFiltered } from './middle-filter.js';
import { mtuBlackHole } from './mtu-black-hole.js';
import { dnsAnswersLost, dnsFiltered, dnsLoss, dnsSlow, dnsStopped } from './name-server.js';
import { netfilterDrop } from './netfilter-drop.js';
import { noListener } from './no-listener.js';
import { noisyNeighbour } from './noisy-neighbour.js';
import { packetLoss } from './packet-loss.js';
import { PAIRS } from './pairs.js';
import { pathDelay, pathDelayBack, pathDelaySlight } from './path-delay.js';
import { clientPodDrops, podFirewall, serverPodDrops, tunnelFiltered } from './pod-rules.js';
import { qdiscBacklog } from './qdisc-backlog.js';
import {
  egressPolicer,
  ingressPolicer,
  shapedInPod,
  shapedTowardsPod,
  shortQueue,
} from './queues.js';
import { resetRule } from './reset-rule.js';
import { crashedServer, stoppedServer } from './server-ends.js';
import { slowReader } from './slow-reader.js';
import { SET_ASIDE } from './set-aside/index.js';
import {
  rcvbufAnswers,
  rcvbufLimited,
  rcvbufSlight,
  sndbufAnswers,
  sndbufLimited,
  sndbufSlight,
} from './small-buffers.js';
import { softirqStarvation } from './softirq-starvation.js';
import { flappingInterface, wrongNeighbour, wrongTunnelEnd } from './wrong-ways.js';

export type { Cast, Fault, Label, Strength } from './fault.js';
export { gradesOf } from './grades.js';
export { PAIRS } from './pairs.js';
export { SET_ASIDE } from './set-aside/index.js';

export const FAULTS: readonly Fault[] = [
  noisyNeighbour,
  cpuContention('b', 'cpu_contention'),
  congestedLink,
  healthy,
  cpuContention('a', 'cpu_contention_sender'),
  packetLoss,
  qdiscBacklog,
  partition,
  pathDelay,
  pathDelayBack,
  pathDelaySlight,
  mtuBlackHole,
  microburst,
  synFiltered,
  netfilterDrop,
  noListener,
  interfaceDown,
  appLimited,
  slowReader,
  sndbufLimited,
  sndbufSlight,
  sndbufAnswers,
  rcvbufLimited,
  rcvbufSlight,
  rcvbufAnswers,
  cpuThrottled,
  softirqStarvation('b', 'softirq_starvation'),
  softirqStarvation('a', 'softirq_starvation_sender'),
  kernelStall('b', 'kernel_stall'),
  kernelStall('a', 'kernel_stall_sender'),
  shortQueue,
  shapedTowardsPod,
  shapedInPod,
  egressPolicer,
  ingressPolicer,
  resetRule,
  podFirewall,
  serverPodDrops,
  clientPodDrops,
  tunnelFiltered,
  wrongTunnelEnd,
  wrongNeighbour,
  flappingInterface,
  stoppedServer,
  crashedServer,
  listenOverflow,
  creepingAnswers,
  dnsSlow,
  dnsStopped,
  dnsLoss,
  dnsAnswersLost,
  dnsFiltered,
  healthyBulk,
  healthyPause,
  healthyHog,
  healthyIdle,
  healthyNagle,
  healthyPolling,
  healthyLeaving,
  healthyDeletedPod,
  healthyRateChange,
  healthyFlows,
  healthyHalfLoad,
  slowPath,
];

/** The demo without --scenario: one per domain. */
export const DEMO_FAULTS: readonly Fault[] = FAULTS.slice(0, 3);

/** Fails with NV_UNKNOWN_SCENARIO, which names those known. */
export function faultById(id: string): Fault {
  const all = [...FAULTS, ...SET_ASIDE, ...PAIRS];
  const fault = all.find((f) => f.id === id);
  if (fault) return fault;
  const known = all.map((f) => f.id).join(', ');
  throw new NetverdictError('NV_UNKNOWN_SCENARIO', `no scenario "${id}"; known: ${known}`);
}
