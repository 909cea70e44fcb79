/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Inner flow to outer header. Part of the monitor's program: what it needs has been parsed there. An RTO changes
 * the outer port (the flow is hashed anew), so a flow may have several outer headers, one after the other.
 */
#ifndef NV_MAPPING_H
#define NV_MAPPING_H

#include "monitor/flow.h"

#define NV_MAX_MAPPINGS 16384
#define NV_MAPPING_REFRESH_MS 250

struct nv_mapping_key {
	struct nv_flow_key flow;
	__u32 outer_hash;
	__u8 direction;
	__u8 hook;
	__u8 pad[2];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, NV_MAX_MAPPINGS);
	__type(key, struct nv_mapping_key);
	__type(value, struct nv_mapping);
} nv_mappings SEC(".maps");

/* Never written. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_RDONLY_PROG);
	__type(key, __u32);
	__type(value, struct nv_mapping);
} nv_new_mapping SEC(".maps");

static __always_inline __u32 nv_outer_hash(const struct nv_outer *outer, __u8 hook)
{
	__u64 hash = outer->src.halves[0] ^ outer->dst.halves[0];

	hash = (hash ^ outer->src.halves[1]) * 0x9e3779b97f4a7c15ull;
	hash = (hash ^ hash >> 29 ^ outer->dst.halves[1]) * 0x9e3779b97f4a7c15ull;
	hash ^= (__u64)outer->src_port << 48 | (__u64)outer->dst_port << 32 | outer->vni;
	hash ^= (__u64)outer->encapsulation << 24 | (__u64)hook << 28;
	hash *= 0x9e3779b97f4a7c15ull;
	return hash >> 32;
}

static __always_inline struct nv_mapping *nv_mapping_create(const struct nv_passage *passage,
							    const struct nv_mapping_key *key)
{
	const struct nv_packet *packet = &passage->packet;
	const struct nv_outer *outer = &packet->outer;
	struct nv_mapping *mapping, *empty;
	__u32 zero = 0;

	empty = bpf_map_lookup_elem(&nv_new_mapping, &zero);
	if (empty)
		bpf_map_update_elem(&nv_mappings, key, empty, BPF_NOEXIST);
	mapping = bpf_map_lookup_elem(&nv_mappings, key);
	if (!mapping) {
		nv_lost(NV_LOSS_MAPPINGS_FULL, 1);
		return NULL;
	}
	mapping->first_seen_ns = passage->coarse_ns;
	__builtin_memcpy(mapping->src, &packet->src, sizeof(mapping->src));
	__builtin_memcpy(mapping->dst, &packet->dst, sizeof(mapping->dst));
	mapping->src_port = packet->src_port;
	mapping->dst_port = packet->dst_port;
	mapping->protocol = packet->protocol;
	mapping->hook = passage->hook;
	mapping->encapsulation = outer->encapsulation;
	__builtin_memcpy(mapping->outer_src, &outer->src, sizeof(mapping->outer_src));
	__builtin_memcpy(mapping->outer_dst, &outer->dst, sizeof(mapping->outer_dst));
	mapping->outer_src_port = outer->src_port;
	mapping->outer_dst_port = outer->dst_port;
	mapping->vni = outer->vni;
	return mapping;
}

NV_GLOBAL nv_mapping_use(const struct nv_passage *passage, __u32 outer_hash)
{
	struct nv_mapping_key key = { .outer_hash = outer_hash };
	struct nv_mapping *mapping;

	if (!passage)
		return 0;
	key.flow = passage->key.flow;
	key.direction = passage->direction;
	key.hook = passage->hook;
	mapping = bpf_map_lookup_elem(&nv_mappings, &key);
	if (!mapping)
		mapping = nv_mapping_create(passage, &key);
	if (mapping)
		mapping->last_seen_ns = passage->coarse_ns;
	return 0;
}

/* The flow's entry remembers the last outer header, so that most packets end here without a look-up. */
static __always_inline void nv_map_outer(const struct nv_passage *passage,
					 struct nv_sender *sender)
{
	__u32 outer_hash = nv_outer_hash(&passage->packet.outer, passage->hook);
	__u32 now_ms = nv_coarse_ms(passage);

	if (sender->outer_hash == outer_hash &&
	    now_ms - sender->mapped_ms < NV_MAPPING_REFRESH_MS)
		return;
	sender->outer_hash = outer_hash;
	sender->mapped_ms = now_ms;
	nv_mapping_use(passage, outer_hash);
}

#endif
