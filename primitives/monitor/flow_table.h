/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The flow table: an LRU whose look-up is an inlined array access.
 *
 * A set is one cache line: seven slots and a lock. A flow lives in its home set, or, if that was full when it came, in
 * its second set. A slot says whose record it is by a 32-bit tag; the record has the same number as its slot, and
 * holds the whole key. Reading takes no lock; inserting takes that of the home set, so that two CPUs cannot insert one
 * flow twice, and that of the set inserted to.
 *
 * Slot: tag << 32 | stamp << 8 | state. The stamp is the coarse time of last use, good for least recently used and for
 * the sweep in user space, which reads the records of stamped slots only. Who changes a slot uses compare-and-swap:
 * CPUs stamp it, user space removes flows that are over.
 */
#ifndef NV_FLOW_TABLE_H
#define NV_FLOW_TABLE_H

#include "flow_hash.h"
#include "lock.h"

#define NV_WAYS 7
#define NV_SLOT_LIVE 1
#define NV_SLOT_HELD 2 /* a suspect: not to be evicted */
#define NV_SLOT_STATE 0xff
#define NV_STAMP_SHIFT 26 /* 67 ms */
#define NV_STAMP_MASK 0xffffff /* wraps in 13 days */
#define NV_DEFAULT_SETS 3121
#define NV_NO_FLOW 0xffffffffu

struct nv_flow_set {
	__u64 slots[NV_WAYS];
	__u32 lock;
	__u32 pad;
};
_Static_assert(sizeof(struct nv_flow_set) == NV_CACHE_LINE, "a set is one cache line");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, NV_DEFAULT_SETS);
	__type(key, __u32);
	__type(value, struct nv_flow_set);
} nv_flow_sets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, NV_DEFAULT_SETS * NV_WAYS);
	__type(key, __u32);
	__type(value, struct nv_flow);
} nv_flows SEC(".maps");

const volatile __u32 nv_set_count = NV_DEFAULT_SETS;

/* Where a flow may be: any number of sets, none preferred (Lemire 2019). */
struct nv_place {
	__u32 home;
	__u32 second;
	__u32 tag;
};

static __always_inline struct nv_place nv_place_of(const struct nv_tap_flow_key *key)
{
	__u64 hash = nv_flow_hash(key);
	__u32 tag = hash >> 32, low = hash;

	return (struct nv_place){
		.home = (__u64)low * nv_set_count >> 32,
		.second = (__u64)(low ^ tag * 0x5bd1e995u) * nv_set_count >> 32,
		.tag = tag,
	};
}

static __always_inline struct nv_flow_set *nv_set_at(__u32 set)
{
	return bpf_map_lookup_elem(&nv_flow_sets, &set);
}

static __always_inline struct nv_flow *nv_record_at(__u32 record)
{
	return bpf_map_lookup_elem(&nv_flows, &record);
}

static __always_inline __u64 nv_stamp(const struct nv_passage *passage)
{
	return passage->coarse_ns >> NV_STAMP_SHIFT & NV_STAMP_MASK;
}

/* Way of the first slot with the tag, NV_WAYS if none. */
static __always_inline __u32 nv_way_of(const struct nv_flow_set *set, __u32 tag)
{
	__u32 found = NV_WAYS;

#pragma unroll
	for (int way = NV_WAYS - 1; way >= 0; way--) {
		__u64 slot = *(volatile const __u64 *)&set->slots[way];

		if (slot >> 32 == tag && slot & NV_SLOT_LIVE)
			found = way;
	}
	return found;
}

/* Marks the slot as used just now; once in 67 ms. */
static __always_inline void nv_touch(struct nv_flow_set *set, __u32 way, __u64 stamp)
{
	__u64 slot, *place;

	if (way >= NV_WAYS)
		return;
	place = &set->slots[way];
	slot = *(volatile __u64 *)place;
	if ((slot >> 8 & NV_STAMP_MASK) != stamp && slot & NV_SLOT_LIVE)
		__sync_val_compare_and_swap(place, slot, (slot & ~((__u64)NV_STAMP_MASK << 8)) | stamp << 8);
}

/*
 * Reads what the packet will need: the lines come at the same time. Behind the lock, which no load passes, they would
 * come after one another's.
 */
static __always_inline void nv_fetch(const struct nv_flow *flow, __u32 direction)
{
	const struct nv_direction *mine = &flow->direction[direction & 1];

	(void)*(volatile const __u64 *)&flow->key;
	(void)*(volatile const __u64 *)&mine->counters;
	(void)*(volatile const __u64 *)&mine->sender;
}

/* The flow's record, locked; NULL if it is not where it is first looked for. */
static __always_inline struct nv_flow *nv_find_in(__u32 set_number, __u32 tag,
						  const struct nv_passage *passage)
{
	struct nv_flow_set *set = nv_set_at(set_number);
	struct nv_flow *flow;
	__u32 way;

	if (!set)
		return NULL;
	way = nv_way_of(set, tag);
	if (way == NV_WAYS)
		return NULL;
	flow = nv_record_at(set_number * NV_WAYS + way);
	if (!flow)
		return NULL;
	nv_fetch(flow, passage->direction);
	if (!nv_flow_lock(flow))
		return NULL;
	/* Under the lock: a record may be given to another flow until then. */
	if (!nv_same_key(&flow->key, &passage->key)) {
		nv_unlock(&flow->sequence);
		return NULL;
	}
	nv_touch(set, way, nv_stamp(passage));
	return flow;
}

/* Number of the flow's record in the set, NV_NO_FLOW if it has none. Under the lock of the home set. */
static __always_inline __u32 nv_search(__u32 set_number, __u32 tag, const struct nv_passage *passage)
{
	struct nv_flow_set *set = nv_set_at(set_number);

	if (!set)
		return NV_NO_FLOW;
	for (__u32 way = 0; way < NV_WAYS; way++) {
		__u32 record = set_number * NV_WAYS + way;
		__u64 slot = *(volatile __u64 *)&set->slots[way];
		struct nv_flow *flow;

		if (slot >> 32 != tag || !(slot & NV_SLOT_LIVE))
			continue;
		flow = nv_record_at(record);
		if (flow && nv_same_key(&flow->key, &passage->key))
			return record;
	}
	return NV_NO_FLOW;
}

/* A free way, else the least recently used one that is not held, else NV_WAYS. */
static __always_inline __u32 nv_victim(const struct nv_flow_set *set, __u64 stamp, bool *free)
{
	__u32 victim = NV_WAYS, oldest = 0;

	*free = false;
	for (__u32 way = 0; way < NV_WAYS; way++) {
		__u64 slot = *(volatile const __u64 *)&set->slots[way];
		__u32 age = (stamp - (slot >> 8)) & NV_STAMP_MASK;

		if (!slot) {
			*free = true;
			return way;
		}
		if (slot & NV_SLOT_HELD || (victim < NV_WAYS && age <= oldest))
			continue;
		victim = way;
		oldest = age;
	}
	return victim;
}

static __always_inline void nv_record_clear(struct nv_flow *flow, const struct nv_passage *passage)
{
	/* Volatile: there is no memset of this size in BPF. */
	volatile __u64 *words = (volatile __u64 *)&flow->direction;

	for (int i = 0; i < sizeof(flow->direction) / (sizeof(*words)); i++)
		words[i] = 0;
	words = (volatile __u64 *)&flow->stream;
	for (int i = 0; i < sizeof(flow->stream) / (sizeof(*words)); i++)
		words[i] = 0;
	flow->key = passage->key;
	flow->turn = 0;
	flow->client = 0;
	flow->created_ns = passage->coarse_ns;
}

/* Under the lock of the set. */
static __always_inline __u32 nv_take(__u32 set_number, __u32 tag, const struct nv_passage *passage,
				     bool evict)
{
	struct nv_flow_set *set = nv_set_at(set_number);
	struct nv_flow *flow;
	__u32 way, record;
	__u64 *slot, old;
	bool free;

	if (!set)
		return NV_NO_FLOW;
	way = nv_victim(set, nv_stamp(passage), &free);
	if (way >= NV_WAYS || (!free && !evict))
		return NV_NO_FLOW;
	slot = &set->slots[way];
	old = *(volatile __u64 *)slot;
	record = set_number * NV_WAYS + way;
	flow = nv_record_at(record);
	/* Used or removed just now: rather none than a wrong one. */
	if (!flow || (old && __sync_val_compare_and_swap(slot, old, 0) != old))
		return NV_NO_FLOW;
	if (!nv_lock(&flow->sequence))
		return NV_NO_FLOW;
	nv_record_clear(flow, passage);
	nv_unlock(&flow->sequence);
	if (old)
		nv_lost(NV_LOSS_FLOWS_EVICTED, 1);
	/* Nobody else changes a slot that is 0: readers ignore it, and inserting takes the lock of the set. */
	__sync_lock_test_and_set(slot, (__u64)tag << 32 | nv_stamp(passage) << 8 | NV_SLOT_LIVE);
	return record;
}

static __always_inline __u32 nv_insert_second(const struct nv_place *place,
					      const struct nv_passage *passage)
{
	struct nv_flow_set *second = nv_set_at(place->second);
	__u32 record;

	/* One try: two CPUs that wait for each other's home set would wait for ever. */
	if (place->second == place->home || !second || !nv_try_lock(&second->lock))
		return NV_NO_FLOW;
	record = nv_take(place->second, place->tag, passage, false);
	nv_unlock(&second->lock);
	return record;
}

/* Finds the flow wherever it is, or makes it: its record's number, or NV_NO_FLOW. */
__noinline __u32 nv_flow_insert(const struct nv_passage *passage)
{
	struct nv_flow_set *home;
	struct nv_place place;
	__u32 record;

	if (!passage)
		return NV_NO_FLOW;
	place = nv_place_of(&passage->key);
	home = nv_set_at(place.home);
	if (!home || !nv_lock(&home->lock))
		return NV_NO_FLOW;
	record = nv_search(place.home, place.tag, passage);
	if (record == NV_NO_FLOW)
		record = nv_search(place.second, place.tag, passage);
	if (record == NV_NO_FLOW)
		record = nv_take(place.home, place.tag, passage, false);
	if (record == NV_NO_FLOW)
		record = nv_insert_second(&place, passage);
	if (record == NV_NO_FLOW)
		record = nv_take(place.home, place.tag, passage, true);
	nv_unlock(&home->lock);
	return record;
}

/* The flow's record, locked. `create` makes one; NULL without it, or if no way could be had, which is counted. */
static __always_inline struct nv_flow *nv_flow_get(const struct nv_passage *passage, bool create)
{
	struct nv_place place = nv_place_of(&passage->key);
	struct nv_flow *flow = nv_find_in(place.home, place.tag, passage);
	__u32 record;

	if (!flow)
		flow = nv_find_in(place.second, place.tag, passage);
	if (flow || !create)
		return flow;
	record = nv_flow_insert(passage);
	flow = nv_record_at(record);
	if (flow && nv_flow_lock(flow)) {
		if (nv_same_key(&flow->key, &passage->key))
			return flow;
		nv_unlock(&flow->sequence);
	}
	nv_lost(NV_LOSS_FLOWS_FULL, 1);
	return NULL;
}

/* Keeps the flow from being evicted until user space lets it go. */
NV_GLOBAL nv_flow_hold(const struct nv_passage *passage)
{
	struct nv_flow_set *set;
	struct nv_place place;
	__u32 way;

	if (!passage)
		return 0;
	place = nv_place_of(&passage->key);
	set = nv_set_at(place.home);
	way = set ? nv_way_of(set, place.tag) : NV_WAYS;
	if (way == NV_WAYS) {
		set = nv_set_at(place.second);
		way = set ? nv_way_of(set, place.tag) : NV_WAYS;
	}
	if (set && way < NV_WAYS && !(*(volatile __u64 *)&set->slots[way] & NV_SLOT_HELD))
		__sync_fetch_and_or(&set->slots[way], (__u64)NV_SLOT_HELD);
	return 0;
}

#endif
