/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's own LRU hash as the flow table (`--flow-table lru_hash`): same record, same functions as flow_table.h.
 * It cannot hold a suspect against eviction, and does not say what it evicts.
 */
#ifndef NV_FLOW_LRU_H
#define NV_FLOW_LRU_H

#include "flow_hash.h"

#define NV_DEFAULT_FLOWS 16384

struct nv_lru_flow {
	struct nv_flow flow;
	struct nv_details details;
};

const volatile __u32 nv_lru_details_offset = __builtin_offsetof(struct nv_lru_flow, details);

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, NV_DEFAULT_FLOWS);
	__type(key, struct nv_tap_flow_key);
	__type(value, struct nv_lru_flow);
} nv_flows SEC(".maps");

/* Never written: a new entry does not fit on the stack. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_RDONLY_PROG);
	__type(key, __u32);
	__type(value, struct nv_lru_flow);
} nv_new_flow SEC(".maps");

static __always_inline struct nv_flow *nv_flow_find(const struct nv_passage *passage,
						    struct nv_details **details)
{
	struct nv_lru_flow *entry = bpf_map_lookup_elem(&nv_flows, &passage->key);
	struct nv_flow *flow;

	if (!entry || !nv_flow_lock(&entry->flow))
		return NULL;
	flow = &entry->flow;
	if (!flow->created_ns) {
		flow->key = passage->key;
		flow->created_ns = passage->coarse_ns;
	}
	*details = &entry->details;
	/* The kernel may have given the entry to another flow after the look-up. */
	if (nv_same_key(&flow->key, &passage->key))
		return flow;
	nv_unlock(&flow->sequence);
	return NULL;
}

static __always_inline struct nv_flow *nv_flow_get(const struct nv_passage *passage,
						   struct nv_details **details, bool create)
{
	struct nv_flow *flow = nv_flow_find(passage, details);
	struct nv_lru_flow *empty;
	__u32 zero = 0;

	if (flow || !create)
		return flow;
	empty = bpf_map_lookup_elem(&nv_new_flow, &zero);
	/* Another CPU may be first: its entry stays. */
	if (empty)
		bpf_map_update_elem(&nv_flows, &passage->key, empty, BPF_NOEXIST);
	flow = nv_flow_find(passage, details);
	if (!flow)
		nv_lost(NV_LOSS_FLOWS_FULL, 1);
	return flow;
}

static __always_inline int nv_flow_hold(const struct nv_passage *passage)
{
	return 0;
}

#endif
