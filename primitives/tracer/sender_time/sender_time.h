/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TCP's own account of what held a sender (tcp_sock.chrono_*): an iterator over all open files, read when asked,
 * attached to nothing. Sockets that no buffer and no window ever held are not told of. TCP looks at its send buffer
 * when it sends: of one that is filled by a single write it does not know, but its writer waits.
 */
#ifndef NV_TRACER_SENDER_TIME_H
#define NV_TRACER_SENDER_TIME_H

#include "tracer/socket/open_socket.h"

#define NV_SETTLED_NS 100000000ULL

struct nv_chrono {
	__u32 stat[3]; /* jiffies: busy only, held by the peer's window, held by the send buffer */
};

/* The first call: HZ is in no structure, so ticks are held against the clock. */
static __u64 nv_first_jiffies, nv_first_ns;

/* Of the values that Linux can be built with on servers; 0 while it is not known. */
static __always_inline __u32 nv_ticks_a_second(__u64 jiffies, __u64 now_ns)
{
	__u64 ticks;

	if (!nv_first_ns) {
		nv_first_jiffies = jiffies;
		nv_first_ns = now_ns;
	}
	if (now_ns - nv_first_ns < NV_SETTLED_NS)
		return 0;
	ticks = (jiffies - nv_first_jiffies) * 1000000ULL / ((now_ns - nv_first_ns) / 1000);
	return ticks < 175 ? 100 : ticks < 275 ? 250 : ticks < 600 ? 300 : 1000;
}

/* False if nothing ever held it. The present state lasts since chrono_start. */
static __always_inline bool nv_read_chrono(struct tcp_sock *tp, __u32 jiffies, struct nv_chrono *chrono)
{
	__u32 type = BPF_CORE_READ_BITFIELD_PROBED(tp, chrono_type);
	__u32 lasts = jiffies - BPF_CORE_READ(tp, chrono_start);

	BPF_CORE_READ_INTO(&chrono->stat, tp, chrono_stat);
	if (type == TCP_CHRONO_BUSY)
		chrono->stat[0] += lasts;
	else if (type == TCP_CHRONO_RWND_LIMITED)
		chrono->stat[1] += lasts;
	else if (type == TCP_CHRONO_SNDBUF_LIMITED)
		chrono->stat[2] += lasts;
	return chrono->stat[1] || chrono->stat[2];
}

static __always_inline void nv_read_sender(struct nv_socket_time *row, struct sock *sk, struct tcp_sock *tp)
{
	row->tcp_state = BPF_CORE_READ(sk, __sk_common.skc_state);
	row->srtt_us = BPF_CORE_READ(tp, srtt_us) >> 3;
	row->snd_cwnd = BPF_CORE_READ(tp, snd_cwnd);
	row->snd_wnd = BPF_CORE_READ(tp, snd_wnd);
	row->packets_out = BPF_CORE_READ(tp, packets_out);
	row->sndbuf = BPF_CORE_READ(sk, sk_sndbuf);
	row->bytes_acked = BPF_CORE_READ(tp, bytes_acked);
}

SEC("iter/task_file")
int nv_sender_times(struct bpf_iter__task_file *ctx)
{
	__u64 jiffies = bpf_jiffies64(), now_ns = bpf_ktime_get_ns();
	__u32 hz = nv_ticks_a_second(jiffies, now_ns), tick_us;
	struct task_struct *task = ctx->task;
	struct sock *sk = nv_open_socket(task, ctx->file);
	struct nv_socket_time row = {};
	struct nv_chrono chrono = {};
	struct tcp_sock *tp;
	struct nv_ends ends;

	if (!hz || !task || !sk || BPF_CORE_READ(sk, sk_protocol) != IPPROTO_TCP ||
	    BPF_CORE_READ(sk, __sk_common.skc_state) == TCP_LISTEN)
		return 0;
	tp = (struct tcp_sock *)sk;
	row.writer_waits = nv_writer_waits(sk);
	row.unsent_bytes = BPF_CORE_READ(tp, write_seq) - BPF_CORE_READ(tp, snd_nxt);
	if (!nv_read_chrono(tp, jiffies, &chrono) && !(row.writer_waits && !row.unsent_bytes))
		return 0;
	/* Idle for a second: it waits for its application. */
	row.write_queue_bytes = BPF_CORE_READ(tp, write_seq) - BPF_CORE_READ(tp, snd_una);
	if (!row.write_queue_bytes && (__u32)jiffies - BPF_CORE_READ(tp, lsndtime) > hz)
		return 0;
	row.netns = nv_netns_of_socket(sk);
	if (!nv_netns_in_scope(row.netns) || nv_ends_of_socket(sk, &ends) < 0)
		return 0;
	__builtin_memcpy(row.src, &ends.src, sizeof(row.src));
	__builtin_memcpy(row.dst, &ends.dst, sizeof(row.dst));
	row.src_port = ends.src_port;
	row.dst_port = ends.dst_port;
	row.protocol = ends.protocol;
	tick_us = 1000000 / hz;
	row.time_ns = now_ns;
	row.rwnd_limited_us = (__u64)chrono.stat[1] * tick_us;
	row.sndbuf_limited_us = (__u64)chrono.stat[2] * tick_us;
	row.busy_us = (__u64)chrono.stat[0] * tick_us + row.rwnd_limited_us + row.sndbuf_limited_us;
	nv_read_sender(&row, sk, tp);
	row.tgid = task->tgid;
	BPF_CORE_READ_STR_INTO(&row.comm, task, comm);
	bpf_seq_write(ctx->meta->seq, &row, sizeof(row));
	return 0;
}

#endif
