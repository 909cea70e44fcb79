import { NetverdictError } from '../../primitives/common/errors/index.js';
import type { Cast, Fault } from '../faults/index.js';
import type { Testbed } from '../testbed/index.js';
import {
  isAvailable,
  startBaseline,
  startInstead,
  TRAFFIC,
  type TrafficId,
} from '../workloads/index.js';

/** Starts the healthy traffic that the faults need; answers whom each is done to. */
export async function startTraffic(
  testbed: Testbed,
  faults: readonly Fault[],
): Promise<(fault: Fault) => Cast> {
  for (const fault of faults) await fault.prepare?.(testbed);
  const thinkMs = faults.find((fault) => fault.thinkMs !== undefined)?.thinkMs;
  const baseline = faults.every((f) => f.alone) ? null : startBaseline(testbed, thinkMs);
  const own = new Map(faults.flatMap((f) => (f.cast ? [[f, f.cast(testbed)] as const] : [])));
  return (fault) =>
    own.get(fault) ?? {
      ...(baseline && { server: baseline.server }),
      victims: baseline ? [baseline.clients[fault.victim ?? 'rpc']] : [],
    };
}

/** Whether a fault can be done to such traffic: it must be aimed at the baseline, and have a server that does as told. */
export const takes = (fault: Fault, kind: TrafficId): boolean =>
  fault.cast === undefined &&
  (fault.thinkMs === undefined || TRAFFIC[kind].thinks) &&
  isAvailable(kind);

/** Traffic of one kind instead of the baseline's. */
export async function startTrafficOf(
  kind: TrafficId,
  testbed: Testbed,
  fault: Fault,
): Promise<Cast> {
  if (!takes(fault, kind))
    throw new NetverdictError(
      'NV_UNKNOWN_SCENARIO',
      `"${fault.id}" cannot be done to traffic "${kind}" here: it has traffic of its own, ` +
        'or needs a server that can be made to think, or a program is not installed',
    );
  await fault.prepare?.(testbed);
  return startInstead(kind, testbed, fault.victim, fault.thinkMs);
}
