import { readdirSync, readFileSync } from 'node:fs';
import { type HostPlan, UPLINK } from './plan.js';
import { inNamespace, run } from './shell.js';

/** Shell that makes one processor receive for these devices: without it a veth receives on the sender's. */
export const steering = (devices: readonly string[], cpu: number): string =>
  devices
    .map(
      (device) => `echo ${(1 << cpu).toString(16)} > /sys/class/net/${device}/queues/rx-0/rps_cpus`,
    )
    .join('\n');

/**
 * The uplink of a host receives in a thread of its own (threaded NAPI), on the processor given, instead of a softirq.
 * A veth does so only with GRO on and no segmentation at its peer.
 */
export async function receiveInThread(host: HostPlan, middle: string): Promise<void> {
  await inNamespace(middle, `ethtool -K ${host.middlePort} tso off > /dev/null`);
  const before = new Set(threadsOf(UPLINK));
  await inNamespace(
    host.netns,
    `ethtool -K ${UPLINK} gro on > /dev/null
echo 0 > /sys/class/net/${UPLINK}/queues/rx-0/rps_cpus
echo 1 > /sys/class/net/${UPLINK}/threaded`,
  );
  for (const pid of threadsOf(UPLINK))
    if (!before.has(pid)) await run(['taskset', '-p', '-c', String(host.cpu), pid]);
}

/** Process ids of the threads that poll devices of this name, in whatever namespace. */
const threadsOf = (device: string): string[] =>
  readdirSync('/proc').filter(
    (pid) => /^\d+$/.test(pid) && commOf(pid).startsWith(`napi/${device}-`),
  );

function commOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8');
  } catch {
    return '';
  }
}
