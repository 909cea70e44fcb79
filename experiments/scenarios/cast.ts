import type { Cast, Fault } from '../faults/index.js';
import type { Testbed } from '../testbed/index.js';
import { startBaseline } from '../workloads/index.js';

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
