import { Btf, BTF_KIND } from './btf.js';

/** BTF tracepoints that probes attach to; each one that a kernel lacks leaves its probe out. */
export const TRACEPOINTS = [
  'net_dev_start_xmit',
  'qdisc_enqueue',
  'netif_rx',
  'napi_gro_receive_entry',
  'kfree_skb',
  'sock_send_length',
  'sock_recv_length',
  'sk_data_ready',
  'tcp_probe',
  'tcp_retransmit_skb',
  'tcp_receive_reset',
  'inet_sock_set_state',
  'tcp_cong_state_set',
  'sched_switch',
  'sched_wakeup',
  'softirq_raise',
  'softirq_entry',
  'napi_poll',
] as const;

export type Tracepoint = (typeof TRACEPOINTS)[number];

/** The kernel describes a tracepoint's arguments in BTF: SEC("tp_btf/NAME") can be loaded. */
export const hasTracepoint = (name: string): boolean =>
  Btf.kernel().has(BTF_KIND.typedef, `btf_trace_${name}`);
