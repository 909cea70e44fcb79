/* SPDX-License-Identifier: GPL-2.0 */
/* The worker of every probe that gets a sock: filter by host and flow, read the state of the socket, emit. */
#ifndef NV_TRACER_SOCKET_PROBE_H
#define NV_TRACER_SOCKET_PROBE_H

#include "tracer/armed.h"

#define NV_SOCK_NOSPACE 2 /* include/linux/net.h */
#define NV_AF_INET 2
#define NV_AF_INET6 10

struct nv_ends {
	union nv_address src;
	union nv_address dst;
	__u16 src_port;
	__u16 dst_port;
	__u8 protocol;
	__u8 direction; /* of what the socket sends, as nv_flow_key_of answers it */
	struct nv_flow_key flow;
};

/* Answers -1 for what is no TCP or UDP socket. */
static __always_inline int nv_ends_of_socket(struct sock *sk, struct nv_ends *ends)
{
	__u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);

	__builtin_memset(ends, 0, sizeof(*ends));
	if (family == NV_AF_INET) {
		nv_address_v4(&ends->src, BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr));
		nv_address_v4(&ends->dst, BPF_CORE_READ(sk, __sk_common.skc_daddr));
	} else if (family == NV_AF_INET6) {
		BPF_CORE_READ_INTO(&ends->src, sk, __sk_common.skc_v6_rcv_saddr);
		BPF_CORE_READ_INTO(&ends->dst, sk, __sk_common.skc_v6_daddr);
	} else {
		return -1;
	}
	ends->src_port = BPF_CORE_READ(sk, __sk_common.skc_num);
	ends->dst_port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
	ends->protocol = BPF_CORE_READ(sk, sk_protocol);
	return ends->protocol == IPPROTO_TCP || ends->protocol == IPPROTO_UDP ? 0 : -1;
}

/* Whether the socket is this host's and armed. */
static __always_inline bool nv_socket_armed(struct sock *sk, struct nv_ends *ends)
{
	if (!sk || !nv_netns_in_scope(nv_netns_of_socket(sk)) || nv_ends_of_socket(sk, ends) < 0)
		return false;
	ends->direction = nv_flow_key_of(&ends->flow, &ends->src, ends->src_port, &ends->dst,
					 ends->dst_port, ends->protocol);
	return nv_has_armed(&ends->flow);
}

static __always_inline bool nv_writer_waits(struct sock *sk)
{
	return BPF_CORE_READ(sk, sk_socket, flags) >> NV_SOCK_NOSPACE & 1;
}

static __always_inline void nv_read_tcp(struct nv_socket_event *event, struct sock *sk)
{
	struct tcp_sock *tp = (struct tcp_sock *)sk;
	struct inet_connection_sock *icsk = (struct inet_connection_sock *)sk;
	__u32 write_seq = BPF_CORE_READ(tp, write_seq);

	event->tcp_state = BPF_CORE_READ(sk, __sk_common.skc_state);
	event->ca_state = BPF_CORE_READ_BITFIELD_PROBED(icsk, icsk_ca_state);
	event->icsk_pending = BPF_CORE_READ(icsk, icsk_pending);
	event->writer_waits = nv_writer_waits(sk);
	event->srtt_us = BPF_CORE_READ(tp, srtt_us) >> 3;
	event->snd_cwnd = BPF_CORE_READ(tp, snd_cwnd);
	event->snd_wnd = BPF_CORE_READ(tp, snd_wnd);
	event->rcv_wnd = BPF_CORE_READ(tp, rcv_wnd);
	event->packets_out = BPF_CORE_READ(tp, packets_out);
	event->write_queue_bytes = write_seq - BPF_CORE_READ(tp, snd_una);
	event->unsent_bytes = write_seq - BPF_CORE_READ(tp, snd_nxt);
	event->read_queue_bytes = BPF_CORE_READ(tp, rcv_nxt) - BPF_CORE_READ(tp, copied_seq);
}

/* `value`: bytes of a call, or the new congestion state. */
static __noinline int nv_socket_event(struct sock *sk, struct nv_ends *ends, __u32 probe, __s32 value)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct nv_socket_event *event;

	if (!sk || !ends)
		return 0;
	event = nv_reserve(&socket_events, sizeof(*event),
			   NV_LOSS_SOCKET_EVENTS_FULL + probe);
	if (!event)
		return 0;
	__builtin_memset(event, 0, sizeof(*event));
	event->time_ns = bpf_ktime_get_ns();
	__builtin_memcpy(event->src, &ends->src, sizeof(event->src));
	__builtin_memcpy(event->dst, &ends->dst, sizeof(event->dst));
	event->src_port = ends->src_port;
	event->dst_port = ends->dst_port;
	event->protocol = ends->protocol;
	event->probe = probe;
	if (probe != NV_SOCKET_PROBE_CONGESTION_STATE)
		event->bytes = value;
	event->netns = nv_netns_of_socket(sk);
	event->pid = thread;
	event->tgid = thread >> 32;
	event->sndbuf = BPF_CORE_READ(sk, sk_sndbuf);
	event->rcvbuf = BPF_CORE_READ(sk, sk_rcvbuf);
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	if (ends->protocol == IPPROTO_TCP)
		nv_read_tcp(event, sk);
	if (probe == NV_SOCKET_PROBE_CONGESTION_STATE)
		event->ca_state = value;
	nv_submit(event, false);
	return 0;
}

#endif
