/** What a cause id means to a reader: ids are those of the fault catalogue; `other` is everything without one. */
import type { LAYERS } from '../incidents/incident.js';

export type Layer = (typeof LAYERS)[number];

export interface Cause {
  readonly layer: Layer;
  readonly title: string;
  readonly mitigation: string;
}

export const CAUSES = {
  app_limited: {
    layer: 'application',
    title: 'the application takes its time',
    mitigation: 'Profile the application: it slept of its own will while the peer waited.',
  },
  slow_reader: {
    layer: 'application',
    title: 'the reader does not read',
    mitigation: 'Make the receiving application read sooner, or give it more workers.',
  },
  sndbuf_limited: {
    layer: 'socket',
    title: 'the send buffer is too small for the path',
    mitigation:
      'Raise SO_SNDBUF of the named process, or do not set it: the kernel then fits it to the path (net.ipv4.tcp_wmem).',
  },
  rcvbuf_limited: {
    layer: 'socket',
    title: 'the receive buffer is too small for the path',
    mitigation:
      'Raise SO_RCVBUF of the named process, or do not set it: the kernel then fits it to the path (net.ipv4.tcp_rmem).',
  },
  cpu_contention: {
    layer: 'scheduler',
    title: 'other tasks had the processor',
    mitigation:
      'Move or limit the named tasks (CPU requests, cpuset, lower real-time priority), or give the pod its own CPUs.',
  },
  cpu_throttled: {
    layer: 'scheduler',
    title: 'the CPU quota ran out',
    mitigation: 'Raise or remove the CPU limit of the named cgroup.',
  },
  softirq_starvation: {
    layer: 'softirq',
    title: 'receive processing waited for a processor',
    mitigation:
      'Keep the named tasks off the CPUs that serve the interface, or steer its packets elsewhere.',
  },
  kernel_stall: {
    layer: 'scheduler',
    title: 'the kernel kept softirqs off',
    mitigation:
      'Find the named task’s long stretch in the kernel; softirqs could not run meanwhile.',
  },
  backlog_overflow: {
    layer: 'softirq',
    title: 'the per-CPU backlog overflowed',
    mitigation: 'Raise net.core.netdev_max_backlog, or spread receive processing over more CPUs.',
  },
  qdisc_backlog: {
    layer: 'qdisc',
    title: 'packets stood in the host’s own queue',
    mitigation: 'Raise the rate of the qdisc or class, or send less through it.',
  },
  noisy_neighbour: {
    layer: 'qdisc',
    title: 'another pod filled the queue',
    mitigation: 'Limit the named pod’s egress, or put the two into separate classes.',
  },
  netfilter_drop: {
    layer: 'netfilter',
    title: 'a netfilter rule drops the packets',
    mitigation: 'Review the rules of the named hook; counters on them show which one matches.',
  },
  conntrack_full: {
    layer: 'netfilter',
    title: 'connection tracking refuses new flows',
    mitigation: 'Raise net.netfilter.nf_conntrack_max or shorten its timeouts.',
  },
  no_listener: {
    layer: 'socket',
    title: 'nobody listens on the port',
    mitigation: 'Start the server, or correct the port.',
  },
  listen_overflow: {
    layer: 'application',
    title: 'the accept queue is full',
    mitigation: 'Make the server accept sooner; a larger backlog only delays the overflow.',
  },
  interface_down: {
    layer: 'link',
    title: 'the interface lost its link',
    mitigation: 'Bring the named interface up; look for who took it down.',
  },
  congested_link: {
    layer: 'path',
    title: 'a link between the hosts is congested',
    mitigation: 'Limit or move the named flows that share the link, or add capacity.',
  },
  microburst: {
    layer: 'path',
    title: 'bursts overflow a short queue between the hosts',
    mitigation: 'Pace the synchronised senders, or deepen the queue of the named link.',
  },
  packet_loss: {
    layer: 'path',
    title: 'the network loses packets',
    mitigation: 'Look for errors on the links and devices between the two hosts.',
  },
  path_delay: {
    layer: 'path',
    title: 'the path became longer',
    mitigation: 'Look for a route change or a slow device between the two hosts.',
  },
  partition: {
    layer: 'path',
    title: 'nothing gets through between the hosts',
    mitigation: 'Check routes, tunnels and filters between the two hosts.',
  },
  syn_filtered: {
    layer: 'path',
    title: 'new connections are filtered between the hosts',
    mitigation: 'Check security groups and firewalls between the two hosts for this port.',
  },
  mtu_black_hole: {
    layer: 'path',
    title: 'full-size packets vanish',
    mitigation: 'Lower the MTU or clamp the MSS, and let ICMP "fragmentation needed" through.',
  },
  dns_slow: {
    layer: 'application',
    title: 'the name server answers late or not at all',
    mitigation: 'Look at the load and the upstream servers of the named name server.',
  },
  dns_loss: {
    layer: 'path',
    title: 'DNS messages vanish on the way',
    mitigation:
      'Look for filters and drops of port 53 between the two hosts; clients wait for their timeout.',
  },
  other: {
    layer: 'path',
    title: 'no known pattern',
    mitigation: 'Read the evidence: the place is known, the mechanism is not.',
  },
} as const satisfies Record<string, Cause>;

export type CauseId = keyof typeof CAUSES;
