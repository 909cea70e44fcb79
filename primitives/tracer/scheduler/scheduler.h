/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Waits of the watched threads, and who had the CPU meanwhile.
 *
 * A thread waits from its wake-up (or its preemption) to its switch-in. What ran meanwhile on the host's CPUs for
 * long enough to matter is told as a slice when it ends; user space lays the two over each other.
 */
#ifndef NV_TRACER_SCHEDULER_H
#define NV_TRACER_SCHEDULER_H

#include "tracer/armed.h"
#include "watch.h"

#define NV_LEAST_WAIT_NS 100000
/* Of a CPU. */
#define NV_BUDGET_SLICES 200
#define NV_LEAST_SLEEP_NS 1000000

/* Watched threads that wait now. While none does, nobody asks who has the CPU. */
static __u32 nv_waiting;

struct nv_processor {
	__u64 since_ns; /* the thread that runs on it was switched in; 0: not known */
	__u64 raised_ns; /* receive processing is due; 0: is not */
	struct nv_budget slices;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct nv_processor);
} nv_processors SEC(".maps");

struct nv_stretch {
	struct task_struct *task;
	__u64 start_ns;
	__u64 end_ns;
	__u8 kind; /* enum nv_sched_kind */
	__u8 watched;
};

static __noinline int nv_sched_event(struct nv_stretch *s)
{
	struct task_struct *task = s->task;
	struct nv_sched_event *event;

	event = nv_reserve(&sched_events, sizeof(*event),
			   NV_LOSS_SCHED_EVENTS_FULL + s->kind);
	if (!event)
		return 0;
	__builtin_memset(event, 0, sizeof(*event));
	event->start_ns = s->start_ns;
	event->end_ns = s->end_ns;
	event->kind = s->kind;
	event->watched = s->watched;
	event->cpu = bpf_get_smp_processor_id();
	if (task) {
		event->priority = BPF_CORE_READ(task, prio);
		event->pid = BPF_CORE_READ(task, pid);
		event->tgid = BPF_CORE_READ(task, tgid);
		event->netns = BPF_CORE_READ(task, nsproxy, net_ns, ns.inum);
		if (bpf_core_field_exists(task->sched_task_group))
			event->cgroup_id = BPF_CORE_READ(task, sched_task_group, css.cgroup, kn, id);
		BPF_CORE_READ_STR_INTO(&event->comm, task, comm);
	}
	nv_submit(event, false);
	return 0;
}

/* Since v6.18 each task is throttled by itself, and is switched out runnable with this mark. */
static __always_inline __u8 nv_task_throttled(struct task_struct *task)
{
	if (bpf_core_field_exists(task->throttled))
		return BPF_CORE_READ(task, throttled);
	return 0;
}

/* Who had the processor while a watched thread, or receive processing, waited for it. */
static __always_inline void nv_ran(struct task_struct *prev, bool watched, __u64 now_ns)
{
	struct nv_stretch slice = {
		.task = prev,
		.end_ns = now_ns,
		.kind = NV_SCHED_KIND_SLICE,
		.watched = watched,
	};
	struct nv_processor *processor;
	__u32 zero = 0;

	processor = bpf_map_lookup_elem(&nv_processors, &zero);
	if (!processor)
		return;
	slice.start_ns = processor->since_ns;
	processor->since_ns = now_ns;
	if (!nv_waiting && !processor->raised_ns)
		return;
	if (!slice.start_ns || now_ns - slice.start_ns < NV_LEAST_WAIT_NS || !prev->pid)
		return;
	if (nv_spend(&processor->slices, NV_BUDGET_SLICES, now_ns))
		nv_sched_event(&slice);
	else
		nv_lost(NV_LOSS_SLICES_BUDGET, 1);
}

static __always_inline void nv_switched_out(struct task_struct *prev, __u32 prev_state, __u64 now_ns)
{
	__u32 thread = prev->pid;
	struct nv_watch *watch = bpf_map_lookup_elem(&nv_watched, &thread);

	nv_ran(prev, watch != NULL, now_ns);
	if (!watch)
		return;
	if (prev_state == NV_RUNNING) {
		__sync_fetch_and_add(&nv_waiting, 1);
		watch->runnable_ns = now_ns;
		watch->throttled = nv_task_throttled(prev);
	} else {
		watch->asleep_ns = now_ns;
	}
}

static __always_inline __u8 nv_wait_kind(const struct nv_watch *watch)
{
	if (watch->polls)
		return NV_SCHED_KIND_SOFTIRQ;
	return watch->throttled ? NV_SCHED_KIND_THROTTLED : NV_SCHED_KIND_WAIT;
}

static __always_inline void nv_switched_in(struct task_struct *next, __u64 now_ns)
{
	__u32 thread = next->pid;
	struct nv_watch *watch = bpf_map_lookup_elem(&nv_watched, &thread);
	struct nv_stretch s = { .task = next, .watched = 1 };

	if (!watch)
		return;
	s.start_ns = watch->asleep_ns;
	s.end_ns = watch->runnable_ns ? watch->runnable_ns : now_ns;
	s.kind = NV_SCHED_KIND_SLEEP;
	if (!watch->polls && s.start_ns && s.end_ns - s.start_ns >= NV_LEAST_SLEEP_NS)
		nv_sched_event(&s);
	s.start_ns = watch->runnable_ns;
	s.end_ns = now_ns;
	s.kind = nv_wait_kind(watch);
	if (s.start_ns && now_ns - s.start_ns >= NV_LEAST_WAIT_NS)
		nv_sched_event(&s);
	if (watch->runnable_ns && nv_waiting)
		__sync_fetch_and_add(&nv_waiting, -1);
	watch->asleep_ns = 0;
	watch->runnable_ns = 0;
	watch->throttled = 0;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(nv_sched_switch, bool preempt, struct task_struct *prev, struct task_struct *next,
	     unsigned int prev_state)
{
	__u64 now_ns;

	if (!nv_cpu_in_scope(bpf_get_smp_processor_id()))
		return 0;
	now_ns = bpf_ktime_get_ns();
	nv_switched_out(prev, preempt ? NV_RUNNING : prev_state, now_ns);
	nv_switched_in(next, now_ns);
	return 0;
}

SEC("tp_btf/sched_wakeup")
int BPF_PROG(nv_sched_wakeup, struct task_struct *task)
{
	__u32 thread = task->pid;
	struct nv_watch *watch = bpf_map_lookup_elem(&nv_watched, &thread);

	if (watch && watch->asleep_ns && !watch->runnable_ns) {
		watch->runnable_ns = bpf_ktime_get_ns();
		__sync_fetch_and_add(&nv_waiting, 1);
	}
	return 0;
}

#endif
