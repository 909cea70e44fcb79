/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The flow table: an LRU whose look-up is an inlined array access.
 *
 * A set is a cache line with seven slots and a lock, and the records of the seven. A flow lives in its home set, or, if
 * that was full when it came, in its second set; in the way that its hash prefers, if that was free. A slot says whose
 * record it is by a 32-bit tag; the record holds the whole key. Reading takes no lock; inserting takes that of the home
 * set, so that two CPUs cannot insert one flow twice, and that of the set inserted to. What few packets need of a
 * record is in an array of its own, and what most need, from the slots on, in one page.
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
#define NV_SET_BYTES 2048 /* two in a page: no set lies in two */

struct nv_flow_set {
	__u64 slots[NV_WAYS];
	__u32 lock;
	__u32 pad;
	struct nv_flow flows[NV_WAYS];
	__u8 pad1[NV_SET_BYTES - NV_CACHE_LINE - NV_WAYS * sizeof(struct nv_flow)];
};
_Static_assert(__builtin_offsetof(struct nv_flow_set, flows) == NV_CACHE_LINE, "slots are one cache line");
_Static_assert(sizeof(struct nv_flow_set) == NV_SET_BYTES, "size of a set");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, NV_DEFAULT_SETS);
	__type(key, __u32);
	__type(value, struct nv_flow_set);
} nv_flow_sets SEC(".maps");

/* Of set s and way w at s * NV_WAYS + w. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, NV_DEFAULT_SETS * NV_WAYS);
	__type(key, __u32);
	__type(value, struct nv_details);
} nv_flow_details SEC(".maps");

const volatile __u32 nv_set_count = NV_DEFAULT_SETS;
const volatile __u32 nv_set_bytes = sizeof(struct nv_flow_set);
const volatile __u32 nv_set_flows_offset = __builtin_offsetof(struct nv_flow_set, flows);

/* Where a flow may be: any number of sets and ways, none preferred (Lemire 2019). */
struct nv_place {
	__u32 home;
	__u32 second;
	__u32 tag;
	__u32 way; /* where it is looked for first */
};

static __always_inline struct nv_place nv_place_of(const struct nv_tap_flow_key *key)
{
	__u64 hash = nv_flow_hash(key);
	__u32 tag = hash >> 32, low = hash;

	return (struct nv_place){
		.home = (__u64)low * nv_set_count >> 32,
		.second = (__u64)(low ^ tag * 0x5bd1e995u) * nv_set_count >> 32,
		.tag = tag,
		.way = (tag & 0xffff) * NV_WAYS >> 16,
	};
}

static __always_inline struct nv_flow_set *nv_set_at(__u32 set)
{
	return bpf_map_lookup_elem(&nv_flow_sets, &set);
}

static __always_inline __u64 nv_stamp(const struct nv_passage *passage)
{
	return passage->coarse_ns >> NV_STAMP_SHIFT & NV_STAMP_MASK;
}

static __always_inline bool nv_has_tag(__u64 slot, __u32 tag)
{
	return slot >> 32 == tag && slot & NV_SLOT_LIVE;
}

/* Marks the slot as used just now; once in 67 ms. */
static __always_inline void nv_touch(__u64 *place, __u64 stamp)
{
	__u64 slot = *(volatile __u64 *)place;

	if ((slot >> 8 & NV_STAMP_MASK) != stamp && slot & NV_SLOT_LIVE)
		__sync_val_compare_and_swap(place, slot, (slot & ~((__u64)NV_STAMP_MASK << 8)) | stamp << 8);
}

/*
 * Reads what the packet will need, before it is known whether it is there: the lines come at the same time as that of
 * the slots. After the slot, and behind the lock, which no load passes, they would come after one another.
 */
static __always_inline void nv_fetch(const struct nv_flow *flow, __u32 direction)
{
	(void)*(volatile const __u64 *)&flow->key;
	(void)*(volatile const __u64 *)&flow->sender[direction & 1];
	(void)*(volatile const __u32 *)&flow->sequence;
}

/* Locks the record in a way, if it is that of the packet's flow. */
static __always_inline struct nv_flow *nv_lock_in(struct nv_flow_set *set, __u32 way, __u32 tag,
						  const struct nv_passage *passage)
{
	struct nv_flow *flow;

	if (!set || way >= NV_WAYS)
		return NULL;
	flow = &set->flows[way];
	nv_fetch(flow, passage->direction);
	if (!nv_has_tag(*(volatile __u64 *)&set->slots[way], tag) || !nv_flow_lock(flow))
		return NULL;
	/* Under the lock: a record may be given to another flow until then. */
	if (!nv_same_key(&flow->key, &passage->key)) {
		nv_unlock(&flow->sequence);
		return NULL;
	}
	nv_touch(&set->slots[way], nv_stamp(passage));
	return flow;
}

/* The flow's way in the set, NV_WAYS if it has none there. */
static __always_inline __u32 nv_search(const struct nv_flow_set *set, __u32 tag,
				       const struct nv_passage *passage)
{
	if (!set)
		return NV_WAYS;
	for (__u32 way = 0; way < NV_WAYS; way++)
		if (nv_has_tag(*(volatile const __u64 *)&set->slots[way], tag) &&
		    nv_same_key(&set->flows[way].key, &passage->key))
			return way;
	return NV_WAYS;
}

/* The preferred way or another free one, else the least recently used that is not held, else NV_WAYS. */
static __always_inline __u32 nv_victim(const struct nv_flow_set *set, __u32 preferred, __u64 stamp,
				       bool *free)
{
	__u32 victim = NV_WAYS, oldest = 0;

	*free = true;
	if (preferred < NV_WAYS && !*(volatile const __u64 *)&set->slots[preferred])
		return preferred;
	for (__u32 way = 0; way < NV_WAYS; way++) {
		__u64 slot = *(volatile const __u64 *)&set->slots[way];
		__u32 age = (stamp - (slot >> 8)) & NV_STAMP_MASK;

		if (!slot)
			return way;
		if (slot & NV_SLOT_HELD || (victim < NV_WAYS && age <= oldest))
			continue;
		victim = way;
		oldest = age;
	}
	*free = false;
	return victim;
}

static __always_inline void nv_clear(void *memory, __u32 bytes)
{
	/* Volatile: there is no memset of this size in BPF. */
	volatile __u64 *words = memory;

	for (__u32 i = 0; i < bytes / sizeof(*words); i++)
		words[i] = 0;
}

static __always_inline void nv_record_clear(struct nv_flow *flow, struct nv_details *details,
					    const struct nv_passage *passage)
{
	nv_clear(details, NV_DETAILS_CLEARED);
	nv_clear(flow->sender, sizeof(flow->sender));
	nv_clear(flow->stream, sizeof(flow->stream));
	flow->key = passage->key;
	flow->turn = 0;
	flow->client = 0;
	flow->created_ns = passage->coarse_ns;
}

static __always_inline struct nv_details *nv_details_of(__u32 set_number, __u32 way)
{
	__u32 place = set_number * NV_WAYS + way;

	return bpf_map_lookup_elem(&nv_flow_details, &place);
}

/* Under the lock of the set. Answers the way. */
static __always_inline __u32 nv_take(__u32 set_number, const struct nv_place *place,
				     const struct nv_passage *passage, bool evict)
{
	struct nv_flow_set *set = nv_set_at(set_number);
	struct nv_details *details;
	struct nv_flow *flow;
	__u64 *slot, old;
	__u32 way;
	bool free;

	if (!set)
		return NV_WAYS;
	way = nv_victim(set, place->way, nv_stamp(passage), &free);
	if (way >= NV_WAYS || (!free && !evict))
		return NV_WAYS;
	slot = &set->slots[way];
	old = *(volatile __u64 *)slot;
	flow = &set->flows[way];
	details = nv_details_of(set_number, way);
	/* Used or removed just now: rather none than a wrong one. */
	if (!details || (old && __sync_val_compare_and_swap(slot, old, 0) != old))
		return NV_WAYS;
	if (!nv_lock(&flow->sequence))
		return NV_WAYS;
	nv_record_clear(flow, details, passage);
	nv_unlock(&flow->sequence);
	if (old)
		nv_lost(NV_LOSS_FLOWS_EVICTED, 1);
	/* Nobody else changes a slot that is 0: readers ignore it, and inserting takes the lock of the set. */
	__sync_lock_test_and_set(slot, (__u64)place->tag << 32 | nv_stamp(passage) << 8 | NV_SLOT_LIVE);
	return way;
}

static __always_inline __u32 nv_insert_second(const struct nv_place *place,
					      const struct nv_passage *passage)
{
	struct nv_flow_set *second = nv_set_at(place->second);
	__u32 way;

	/* One try: two CPUs that wait for each other's home set would wait for ever. */
	if (place->second == place->home || !second || !nv_try_lock(&second->lock))
		return NV_WAYS;
	way = nv_take(place->second, place, passage, false);
	nv_unlock(&second->lock);
	return way;
}

/* A record by one number, since a function answers one: set << NV_WAY_BITS | way. */
#define NV_WAY_BITS 3
#define NV_NO_FLOW 0xffffffffu

static __always_inline __u32 nv_number(__u32 set, __u32 way)
{
	return way < NV_WAYS ? set << NV_WAY_BITS | way : NV_NO_FLOW;
}

static __always_inline __u32 nv_find(const struct nv_place *place, const struct nv_passage *passage)
{
	__u32 way = nv_search(nv_set_at(place->home), place->tag, passage);

	if (way < NV_WAYS)
		return nv_number(place->home, way);
	return nv_number(place->second, nv_search(nv_set_at(place->second), place->tag, passage));
}

/* Under the lock of the home set: nobody else inserts this flow. */
static __always_inline __u32 nv_insert(const struct nv_place *place, const struct nv_passage *passage)
{
	__u32 number = nv_find(place, passage);

	if (number == NV_NO_FLOW)
		number = nv_number(place->home, nv_take(place->home, place, passage, false));
	if (number == NV_NO_FLOW)
		number = nv_number(place->second, nv_insert_second(place, passage));
	if (number == NV_NO_FLOW)
		number = nv_number(place->home, nv_take(place->home, place, passage, true));
	return number;
}

/* Finds the flow wherever it is, or makes it if `create`: its record's number, or NV_NO_FLOW. */
__noinline __u32 nv_flow_number(const struct nv_passage *passage, bool create)
{
	struct nv_flow_set *home;
	struct nv_place place;
	__u32 number;

	if (!passage)
		return NV_NO_FLOW;
	place = nv_place_of(&passage->key);
	number = nv_find(&place, passage);
	if (number != NV_NO_FLOW || !create)
		return number;
	home = nv_set_at(place.home);
	if (!home || !nv_lock(&home->lock))
		return NV_NO_FLOW;
	number = nv_insert(&place, passage);
	nv_unlock(&home->lock);
	return number;
}

/* The flow's record, locked, where it is not in the way that it prefers, or nowhere yet. */
static __always_inline struct nv_flow *nv_flow_elsewhere(struct nv_passage *passage, __u32 tag,
							 struct nv_details **details, bool create)
{
	__u32 number = nv_flow_number(passage, create), way = number & ((1 << NV_WAY_BITS) - 1);
	struct nv_flow *flow;

	if (number == NV_NO_FLOW && !create)
		return NULL;
	flow = nv_lock_in(nv_set_at(number >> NV_WAY_BITS), way, tag, passage);
	if (!flow) {
		nv_lost(NV_LOSS_FLOWS_FULL, 1);
		return NULL;
	}
	*details = nv_details_of(number >> NV_WAY_BITS, way);
	return flow;
}

/* The flow's record, locked. `create` makes one; NULL without it, or if no way could be had, which is counted. */
static __always_inline struct nv_flow *nv_flow_get(struct nv_passage *passage,
						   struct nv_details **details, bool create)
{
	struct nv_place place = nv_place_of(&passage->key);
	struct nv_flow *flow = nv_lock_in(nv_set_at(place.home), place.way, place.tag, passage);

	if (!flow)
		return nv_flow_elsewhere(passage, place.tag, details, create);
	*details = nv_details_of(place.home, place.way);
	return flow;
}

/* Keeps the flow from being evicted until user space lets it go. */
NV_GLOBAL nv_flow_hold(const struct nv_passage *passage)
{
	struct nv_flow_set *set;
	__u32 number, way;

	if (!passage)
		return 0;
	number = nv_flow_number(passage, false);
	way = number & ((1 << NV_WAY_BITS) - 1);
	set = nv_set_at(number >> NV_WAY_BITS);
	if (set && way < NV_WAYS && !(*(volatile __u64 *)&set->slots[way] & NV_SLOT_HELD))
		__sync_fetch_and_or(&set->slots[way], (__u64)NV_SLOT_HELD);
	return 0;
}

#endif
