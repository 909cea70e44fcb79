/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* Ring buffers and maps whose losses are counted where they happen. */
#ifndef NV_RING_H
#define NV_RING_H

#include <bpf/bpf_helpers.h>

/* Records and entries given up, by place: index of nv_losses. */
enum nv_loss {
	/* where flows are traced */
	NV_LOSS_SAMPLINGS_FULL = 1,
	NV_LOSS_NEIGHBOURS_BUDGET = 2,
	NV_LOSS_SLICES_BUDGET = 3,
	/* the monitor's */
	NV_LOSS_ALERTS_FULL = 4,
	NV_LOSS_SAMPLES_FULL = 5,
	NV_LOSS_TAP_EVENTS_FULL = 6,
	NV_LOSS_FLOWS_FULL = 7,
	NV_LOSS_MAPPINGS_FULL = 8,
	NV_LOSS_FLOWS_EVICTED = 9,
	NV_LOSS_DNS_FULL = 10,
	NV_LOSS_DNS_BUDGET = 11,
	NV_LOSS_DNS_PENDING_FULL = 12,
	NV_LOSS_QUIC_FULL = 13,
	NV_LOSS_FLIGHTS_FULL = 14,
	/* the tracer's rings, by probe: of these on */
	NV_LOSS_PACKET_EVENTS_FULL = 16, /* enum nv_packet_probe */
	NV_LOSS_SOCKET_EVENTS_FULL = 32, /* enum nv_socket_probe */
	NV_LOSS_SCHED_EVENTS_FULL = 48, /* enum nv_sched_kind */
	NV_LOSS_PLACES = 64,
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, NV_LOSS_PLACES);
	__type(key, __u32);
	__type(value, __u64);
} nv_losses SEC(".maps");

/* Atomic: a softirq may interrupt the program of a task on the same CPU. */
static __always_inline void nv_lost(__u32 place, __u64 records)
{
	__u64 *count = bpf_map_lookup_elem(&nv_losses, &place);

	if (count)
		__sync_fetch_and_add(count, records);
}

static __always_inline __u64 nv_wake_up(bool wake)
{
	return wake ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;
}

/* Room for a record in a ring, or NULL with the loss counted; the caller fills and submits it. */
static __always_inline void *nv_reserve(void *ring, __u64 size, __u32 place)
{
	void *record = bpf_ringbuf_reserve(ring, size, 0);

	if (!record)
		nv_lost(place, 1);
	return record;
}

/* A wake-up costs ten times the record: only alerts ask for it, everything else is drained by the clock. */
static __always_inline void nv_submit(void *record, bool wake)
{
	bpf_ringbuf_submit(record, nv_wake_up(wake));
}

#endif
