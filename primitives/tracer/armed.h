/* SPDX-License-Identifier: GPL-2.0 */
/* What is armed, and the rings that its events leave through. */
#ifndef NV_TRACER_ARMED_H
#define NV_TRACER_ARMED_H

#include "flow_key.h"
#include "records.h"
#include "ring.h"
#include "scope.h"

#define NV_RUNNING 0 /* TASK_RUNNING */

/* Events that may still be told in a window of time. */
struct nv_budget {
	__u64 window_ns;
	__u32 left;
	__u32 pad;
};

#define NV_BUDGET_WINDOW_NS 100000000ULL
/* All of a request/response flow, the first packets of a stream; see nv_at_mark for the rest. */
#define NV_BUDGET_FLOW 300

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct nv_flow_key);
	__type(value, struct nv_budget);
} nv_armed SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 * 1024 * 1024);
} packet_events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 * 1024 * 1024);
} socket_events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 * 1024 * 1024);
} sched_events SEC(".maps");

/* CPUs may race for the last event of a budget: it is a bound on cost, not an account. */
static __always_inline bool nv_spend(struct nv_budget *budget, __u32 events, __u64 now_ns)
{
	if (now_ns - budget->window_ns > NV_BUDGET_WINDOW_NS) {
		budget->window_ns = now_ns;
		budget->left = events;
	}
	if (budget->left == 0)
		return false;
	budget->left--;
	return true;
}

#endif
