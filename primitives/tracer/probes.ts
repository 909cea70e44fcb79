import type { Tracepoint } from '../common/loader/index.js';

/** Every program of the tracer, with the tracepoint that it needs. Adding one: docs/recipes/add-a-probe.md. */
export interface Probe {
  /** Level of the stack that it speaks for. */
  readonly level:
    'socket' | 'tcp' | 'qdisc' | 'driver' | 'nic' | 'netfilter' | 'scheduler' | 'softirq';
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

export const OWNERS_PROGRAM = 'nv_socket_owners';
export const SENDER_TIMES_PROGRAM = 'nv_sender_times';
