/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How long receive processing was due before it ran: as a softirq, per CPU of the host, or as the thread of an uplink's
 * own (threaded NAPI), for which no softirq is raised.
 */
#ifndef NV_TRACER_SOFTIRQ_H
#define NV_TRACER_SOFTIRQ_H

#include "tracer/packet_probe.h"
#include "tracer/scheduler/scheduler.h"

#define NV_NET_RX_SOFTIRQ 3

static __always_inline struct nv_processor *nv_receiving_processor(unsigned int vector)
{
	__u32 zero = 0;

	if (vector != NV_NET_RX_SOFTIRQ || !nv_cpu_in_scope(bpf_get_smp_processor_id()))
		return NULL;
	return bpf_map_lookup_elem(&nv_processors, &zero);
}

SEC("tp_btf/softirq_raise")
int BPF_PROG(nv_softirq_raise, unsigned int vector)
{
	struct nv_processor *processor = nv_receiving_processor(vector);

	if (processor && !processor->raised_ns)
		processor->raised_ns = bpf_ktime_get_ns();
	return 0;
}

/* Whoever runs on this CPU now, or ran last, kept it waiting. */
SEC("tp_btf/softirq_entry")
int BPF_PROG(nv_softirq_entry, unsigned int vector)
{
	struct nv_stretch s = { .kind = NV_SCHED_KIND_SOFTIRQ, .end_ns = bpf_ktime_get_ns() };
	struct nv_processor *processor = nv_receiving_processor(vector);

	if (!processor || !processor->raised_ns)
		return 0;
	s.start_ns = processor->raised_ns;
	if (s.end_ns - s.start_ns >= NV_LEAST_WAIT_NS) {
		nv_sched_event(&s);
		nv_ran(bpf_get_current_task_btf(), false, s.end_ns);
	}
	processor->raised_ns = 0;
	return 0;
}

/* The waits of a thread that polls an uplink count from now on: its wake-up is the arrival of packets. */
SEC("tp_btf/napi_poll")
int BPF_PROG(nv_napi_poll, struct napi_struct *napi)
{
	struct net_device *dev = napi->dev; /* NULL: the backlog of a CPU */
	struct nv_sighting at = {};

	if (!dev || !bpf_core_field_exists(napi->thread) || !napi->thread)
		return 0;
	if ((__u64)napi->thread == bpf_get_current_task() && nv_at_uplink(&at, dev))
		nv_watch_current(true);
	return 0;
}

#endif
