import type { Tracepoint } from '../common/loader/index.js';

/** Levels of the stack, from the application down. */
export const LEVELS = [
  'socket',
  'tcp',
  'netfilter',
  'qdisc',
  'softirq',
  'driver',
  'nic',
  'scheduler',
] as const;
export type Level = (typeof LEVELS)[number];

/** Every program of the tracer, with the tracepoint that it needs. Adding one: docs/recipes/add-a-probe.md. */
export interface Probe {
  /** That it speaks for. */
  readonly level: Level;
  readonly program: string;
  readonly tracepoint: Tracepoint;
}

export const PROBES: readonly Probe[] = [
  { level: 'socket', program: 'nv_sock_send_length', tracepoint: 'sock_send_length' },
  { level: 'socket', program: 'nv_sock_recv_length', tracepoint: 'sock_recv_length' },
  { level: 'socket', program: 'nv_sk_data_ready', tracepoint: 'sk_data_ready' },
  { level: 'tcp', program: 'nv_tcp_probe', tracepoint: 'tcp_probe' },
  { level: 'tcp', program: 'nv_tcp_retransmit_skb', tracepoint: 'tcp_retransmit_skb' },
  { level: 'tcp', program: 'nv_tcp_receive_reset', tracepoint: 'tcp_receive_reset' },
  { level: 'tcp', program: 'nv_inet_sock_set_state', tracepoint: 'inet_sock_set_state' },
  { level: 'tcp', program: 'nv_tcp_cong_state_set', tracepoint: 'tcp_cong_state_set' },
  { level: 'qdisc', program: 'nv_qdisc_enqueue', tracepoint: 'qdisc_enqueue' },
  { level: 'driver', program: 'nv_net_dev_start_xmit', tracepoint: 'net_dev_start_xmit' },
  { level: 'nic', program: 'nv_netif_rx', tracepoint: 'netif_rx' },
  { level: 'nic', program: 'nv_napi_gro_receive_entry', tracepoint: 'napi_gro_receive_entry' },
  { level: 'netfilter', program: 'nv_kfree_skb', tracepoint: 'kfree_skb' },
  { level: 'scheduler', program: 'nv_sched_switch', tracepoint: 'sched_switch' },
  { level: 'scheduler', program: 'nv_sched_wakeup', tracepoint: 'sched_wakeup' },
  { level: 'softirq', program: 'nv_softirq_raise', tracepoint: 'softirq_raise' },
  { level: 'softirq', program: 'nv_softirq_entry', tracepoint: 'softirq_entry' },
  { level: 'softirq', program: 'nv_napi_poll', tracepoint: 'napi_poll' },
];

/** What no program tells, whatever the kernel: it has no hook for it. */
export const WITHOUT_HOOK: readonly Omit<ProbeState, 'state'>[] = [
  {
    level: 'socket',
    probe: 'overflow of an accept queue',
    reason: 'no tracepoint: counted by listener and namespace',
  },
  {
    level: 'tcp',
    probe: 'what limits the sender, as it changes',
    reason: 'no hook: TCP’s own sums are read',
  },
  { level: 'tcp', probe: 'pruning', reason: 'no hook: counted by namespace' },
  { level: 'netfilter', probe: 'refusals of conntrack', reason: 'no hook: counted' },
  {
    level: 'qdisc',
    probe: 'dequeue',
    reason: 'a shaper hands on other packets than it took: the driver’s transmit tells',
  },
  { level: 'softirq', probe: 'packets held by GRO', reason: 'no hook' },
  { level: 'driver', probe: 'a queue that is stopped or woken', reason: 'no hook' },
];

/** What was asked of a kernel, and what came of it. */
export interface ProbeState {
  readonly level: Level;
  readonly probe: string;
  readonly state: 'attached' | 'absent';
  /** Why it is absent. */
  readonly reason: string;
}

export const OWNERS_PROGRAM = 'nv_socket_owners';
export const SENDER_TIMES_PROGRAM = 'nv_sender_times';
