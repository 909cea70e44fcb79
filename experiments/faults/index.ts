/** Every fault that can be made here. Adding one: docs/recipes/add-a-fault.md. */
import { NetverdictError } from '../../primitives/common/errors/index.js';
import { congestedLink } from './congested-link.js';
import { cpuContention } from './cpu-contention.js';
import type { Fault } from './fault.js';
import { healthy } from './healthy.js';
import { interfaceDown } from './interface-down.js';
import { partition, synFiltered } from './middle-filter.js';
import { netfilterDrop } from './netfilter-drop.js';
import { noListener } from './no-listener.js';
import { noisyNeighbour } from './noisy-neighbour.js';
import { packetLoss } from './packet-loss.js';
import { qdiscBacklog } from './qdisc-backlog.js';

export type { Fault, Label } from './fault.js';

export const FAULTS: readonly Fault[] = [
  noisyNeighbour,
  cpuContention('b', 'cpu_contention'),
  congestedLink,
  healthy,
  cpuContention('a', 'cpu_contention_sender'),
  packetLoss,
  qdiscBacklog,
  partition,
  synFiltered,
  netfilterDrop,
  noListener,
  interfaceDown,
];

/** The demo without --scenario: one per domain. */
export const DEMO_FAULTS: readonly Fault[] = FAULTS.slice(0, 3);

/** Fails with NV_UNKNOWN_SCENARIO, which names those known. */
export function faultById(id: string): Fault {
  const fault = FAULTS.find((f) => f.id === id);
  if (fault) return fault;
  const known = FAULTS.map((f) => f.id).join(', ');
  throw new NetverdictError('NV_UNKNOWN_SCENARIO', `no scenario "${id}"; known: ${known}`);
}
