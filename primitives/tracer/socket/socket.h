/* SPDX-License-Identifier: GPL-2.0 */
/* The application's side: reads, writes, and the wake-up for data. */
#ifndef NV_TRACER_SOCKET_H
#define NV_TRACER_SOCKET_H

#include "socket_probe.h"
#include "tracer/scheduler/watch.h"

/* Whoever reads or writes an armed socket serves its flow: its waits for a CPU count. */
static __always_inline int nv_socket_call(struct sock *sk, __u32 probe, __s32 bytes)
{
	struct nv_budget *budget;
	struct nv_ends ends;

	budget = nv_socket_armed(sk, &ends);
	if (!budget)
		return 0;
	nv_watch_current(false);
	if (!nv_spend(budget, NV_BUDGET_FLOW, bpf_ktime_get_ns()))
		return 0;
	return nv_socket_event(sk, &ends, probe, bytes);
}

/* Both introduced in v6.3. */
SEC("tp_btf/sock_send_length")
int BPF_PROG(nv_sock_send_length, struct sock *sk, int length)
{
	return nv_socket_call(sk, NV_SOCKET_PROBE_SEND, length);
}

SEC("tp_btf/sock_recv_length")
int BPF_PROG(nv_sock_recv_length, struct sock *sk, int length)
{
	return nv_socket_call(sk, NV_SOCKET_PROBE_RECEIVE, length);
}

/* Introduced in v6.3. Runs in softirq: the current thread is nobody's. */
SEC("tp_btf/sk_data_ready")
int BPF_PROG(nv_sk_data_ready, struct sock *sk)
{
	struct nv_budget *budget;
	struct nv_ends ends;

	budget = nv_socket_armed(sk, &ends);
	if (!budget || !nv_spend(budget, NV_BUDGET_FLOW, bpf_ktime_get_ns()))
		return 0;
	return nv_socket_event(sk, &ends, NV_SOCKET_PROBE_DATA_READY, 0);
}

#endif
