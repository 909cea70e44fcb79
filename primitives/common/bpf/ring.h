/* SPDX-License-Identifier: Apache-2.0 */
/* Ring buffers whose losses are counted where they happen. */
#ifndef NETVERDICT_RING_H
#define NETVERDICT_RING_H

/* Records and entries given up, by place: index of nv_losses. */
enum nv_loss {
	NV_LOSS_RING_FULL = 0,
	NV_LOSS_MAP_FULL = 1,
	NV_LOSS_BUDGET = 2,
	NV_LOSS_READ_FAILED = 3,
	NV_LOSS_PLACES = 4,
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, NV_LOSS_PLACES);
	__type(key, __u32);
	__type(value, __u64);
} nv_losses SEC(".maps");

static __always_inline void nv_lost(__u32 place, __u64 records)
{
	__u64 *count = bpf_map_lookup_elem(&nv_losses, &place);

	if (count)
		*count += records;
}

/* A wake-up costs ten times the record: only alerts ask for it, everything else is drained by the clock. */
static __always_inline void nv_emit(void *ring, void *record, __u64 size, int wake)
{
	if (bpf_ringbuf_output(ring, record, size, wake ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP))
		nv_lost(NV_LOSS_RING_FULL, 1);
}

#endif
