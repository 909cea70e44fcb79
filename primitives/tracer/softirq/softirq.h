/* SPDX-License-Identifier: GPL-2.0 */
/* How long receive processing was due before it ran, per CPU of the host. */
#ifndef NV_TRACER_SOFTIRQ_H
#define NV_TRACER_SOFTIRQ_H

#include "tracer/scheduler/scheduler.h"

#define NV_NET_RX_SOFTIRQ 3

/* First raise since it last ran. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} nv_raised SEC(".maps");

SEC("tp_btf/softirq_raise")
int BPF_PROG(nv_softirq_raise, unsigned int vector)
{
	__u32 zero = 0;
	__u64 *since;

	if (vector != NV_NET_RX_SOFTIRQ || !nv_cpu_in_scope(bpf_get_smp_processor_id()))
		return 0;
	since = bpf_map_lookup_elem(&nv_raised, &zero);
	if (since && !*since)
		*since = bpf_ktime_get_ns();
	return 0;
}

SEC("tp_btf/softirq_entry")
int BPF_PROG(nv_softirq_entry, unsigned int vector)
{
	struct nv_stretch s = { .kind = NV_SCHED_KIND_SOFTIRQ, .end_ns = bpf_ktime_get_ns() };
	__u32 zero = 0;
	__u64 *since;

	if (vector != NV_NET_RX_SOFTIRQ || !nv_cpu_in_scope(bpf_get_smp_processor_id()))
		return 0;
	since = bpf_map_lookup_elem(&nv_raised, &zero);
	if (!since || !*since)
		return 0;
	s.start_ns = *since;
	*since = 0;
	if (s.end_ns - s.start_ns >= NV_LEAST_WAIT_NS)
		nv_sched_event(&s);
	return 0;
}

#endif
