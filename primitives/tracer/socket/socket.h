/* SPDX-License-Identifier: GPL-2.0 */
/* The application's side: reads, writes, and the wake-up for data. */
#ifndef NV_TRACER_SOCKET_H
#define NV_TRACER_SOCKET_H

#include "socket_probe.h"
#include "tracer/scheduler/watch.h"

/* Their places beside those of the packet probes. */
#define NV_SOCKET_PLACE 0x100

/* Calls are chosen like the packets that carry their bytes: by where the call ends in the stream. */
static __always_inline struct nv_portion nv_portion_of(struct sock *sk, struct nv_ends *ends, __u32 probe,
						       __s32 bytes)
{
	struct nv_portion portion = { .now_ns = bpf_ktime_get_ns(), .segments = 1 };
	struct tcp_sock *tp = (struct tcp_sock *)sk;

	if (ends->protocol != IPPROTO_TCP)
		return portion;
	if (probe == NV_SOCKET_PROBE_SEND)
		portion.end = BPF_CORE_READ(tp, write_seq);
	if (probe == NV_SOCKET_PROBE_RECEIVE)
		portion.end = BPF_CORE_READ(tp, copied_seq);
	portion.seq = portion.end - (bytes > 0 ? bytes : 0);
	portion.acknowledges = probe == NV_SOCKET_PROBE_DATA_READY;
	portion.ack = BPF_CORE_READ(tp, rcv_nxt);
	return portion;
}

static __noinline int nv_socket_call(struct sock *sk, __u32 probe, __s32 bytes)
{
	struct nv_sampling *sampling;
	struct nv_vantage vantage = {};
	struct nv_portion portion;
	struct nv_ends ends;

	if (!nv_socket_armed(sk, &ends))
		return 0;
	/* Whoever reads or writes an armed socket serves its flow: its waits for a CPU count. */
	if (probe != NV_SOCKET_PROBE_DATA_READY)
		nv_watch_current(false);
	vantage.flow = ends.flow;
	vantage.device = nv_netns_of_socket(sk);
	vantage.probe = NV_SOCKET_PLACE + probe;
	vantage.direction = ends.direction;
	sampling = nv_sampling_at(&vantage);
	portion = nv_portion_of(sk, &ends, probe, bytes);
	if (!sampling || !nv_sample(sampling, &portion))
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
	return nv_socket_call(sk, NV_SOCKET_PROBE_DATA_READY, 0);
}

#endif
