/* SPDX-License-Identifier: GPL-2.0 */
/* Threads that serve an armed flow. */
#ifndef NV_TRACER_WATCH_H
#define NV_TRACER_WATCH_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

struct nv_watch {
	__u64 runnable_ns; /* since when it could run but does not; 0: runs or sleeps */
	__u64 asleep_ns; /* since when it sleeps; 0: does not */
	__u8 throttled; /* by its quota, since runnable_ns */
	__u8 polls; /* it receives packets: its waits are the softirq's */
	__u8 pad[6];
};

/* By thread. User space adds the threads of the sockets' owners. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, __u32);
	__type(value, struct nv_watch);
} nv_watched SEC(".maps");

static __always_inline void nv_watch_current(bool polls)
{
	struct nv_watch running = { .polls = polls };
	__u32 thread = bpf_get_current_pid_tgid();

	bpf_map_update_elem(&nv_watched, &thread, &running, BPF_NOEXIST);
}

#endif
