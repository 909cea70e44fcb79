/* SPDX-License-Identifier: GPL-2.0 */
/* What TCP itself knows and does. */
#ifndef NV_TRACER_TCP_H
#define NV_TRACER_TCP_H

#include "tracer/socket/socket_probe.h"

#define NV_TCP_PROBE_EVERY_NS 5000000ULL

/* When the socket was last told of, by address: tcp_probe fires for every packet. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, __u64);
} nv_probed SEC(".maps");

static __always_inline int nv_tcp_event(struct sock *sk, __u32 probe)
{
	struct nv_ends ends;

	if (!nv_socket_armed(sk, &ends))
		return 0;
	return nv_socket_event(sk, &ends, probe, 0);
}

SEC("tp_btf/tcp_probe")
int BPF_PROG(nv_tcp_probe, struct sock *sk)
{
	__u64 now_ns = bpf_ktime_get_ns(), id = (__u64)sk, *last;
	struct nv_ends ends;

	if (!nv_socket_armed(sk, &ends))
		return 0;
	last = bpf_map_lookup_elem(&nv_probed, &id);
	if (last && now_ns - *last < NV_TCP_PROBE_EVERY_NS)
		return 0;
	bpf_map_update_elem(&nv_probed, &id, &now_ns, BPF_ANY);
	return nv_socket_event(sk, &ends, NV_SOCKET_PROBE_TCP_PROBE, 0);
}

SEC("tp_btf/tcp_retransmit_skb")
int BPF_PROG(nv_tcp_retransmit_skb, struct sock *sk)
{
	return nv_tcp_event(sk, NV_SOCKET_PROBE_RETRANSMIT);
}

SEC("tp_btf/tcp_receive_reset")
int BPF_PROG(nv_tcp_receive_reset, struct sock *sk)
{
	return nv_tcp_event(sk, NV_SOCKET_PROBE_RESET_RECEIVED);
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(nv_inet_sock_set_state, struct sock *sk)
{
	return nv_tcp_event(sk, NV_SOCKET_PROBE_STATE);
}

/* Open, disorder, CWR, recovery, loss. Runs before the socket has the new state. Introduced in v5.19. */
SEC("tp_btf/tcp_cong_state_set")
int BPF_PROG(nv_tcp_cong_state_set, struct sock *sk, const u8 ca_state)
{
	struct nv_ends ends;

	if (!nv_socket_armed(sk, &ends))
		return 0;
	return nv_socket_event(sk, &ends, NV_SOCKET_PROBE_CONGESTION_STATE, ca_state);
}

#endif
