/** Shell that makes one processor receive for these devices: without it a veth receives on the sender's. */
export const steering = (devices: readonly string[], cpu: number): string =>
  devices
    .map(
      (device) => `echo ${(1 << cpu).toString(16)} > /sys/class/net/${device}/queues/rx-0/rps_cpus`,
    )
    .join('\n');
