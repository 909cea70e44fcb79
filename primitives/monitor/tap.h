/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The interfaces that carry the two programs, and how much each program ran for. A slot is found by the interface
 * index: array look-ups are inlined, a hash look-up is a call for every packet.
 */
#ifndef NV_TAP_H
#define NV_TAP_H

#include <bpf/bpf_helpers.h>

#define NV_TAP_SLOTS 4096 /* a power of 2 */
#define NV_TAP_PROBES 4 /* slots that an interface may be found in: (ifindex + probe) modulo NV_TAP_SLOTS */

/* Written by user space (taps.ts). A slot that was emptied does not end the search: there are no tombstones. */
struct nv_tap {
	__u32 ifindex; /* 0: free. Written last, cleared first */
	__u32 id; /* ifindex of a pod tap, 0 for every uplink */
	__u32 netns;
	__u8 role; /* enum nv_tap_role */
	__u8 pad[3];
};

/* What a program ran for at one hook, whatever became of it. */
struct nv_tap_hook_counts {
	__u64 packets; /* super-packets as one */
	__u64 segments; /* super-packets as the segments that they stand for */
	__u64 bytes; /* skb->len: link header included, a super-packet's headers once */
	__u64 unparsed; /* packets that belong to no flow: not IP, no TCP or UDP, cut short, or no room for the flow */
};

struct nv_tap_counts {
	struct nv_tap_hook_counts ingress;
	struct nv_tap_hook_counts egress;
};

const volatile __u32 nv_tap_slots = NV_TAP_SLOTS;
const volatile __u32 nv_tap_probes = NV_TAP_PROBES;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, NV_TAP_SLOTS);
	__type(key, __u32);
	__type(value, struct nv_tap);
} nv_taps SEC(".maps");

/* By the slot of nv_taps. Growth only: a slot goes on counting for its next interface. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, NV_TAP_SLOTS);
	__type(key, __u32);
	__type(value, struct nv_tap_counts);
} nv_tap_counts SEC(".maps");

/* What the rest of the program asks of a tap, in a copy: pointers are dear on the stack. */
struct nv_tap_here {
	__u32 slot;
	__u32 id;
	__u32 netns;
	__u8 role;
	__u8 pad[3];
};

/* Answers false for an interface without a slot. */
static __always_inline bool nv_tap_find(__u32 ifindex, struct nv_tap_here *here)
{
#pragma unroll
	for (__u32 probe = 0; probe < NV_TAP_PROBES; probe++) {
		const struct nv_tap *tap;

		here->slot = (ifindex + probe) & (NV_TAP_SLOTS - 1);
		tap = bpf_map_lookup_elem(&nv_taps, &here->slot);
		if (!tap || tap->ifindex != ifindex)
			continue;
		here->id = tap->id;
		here->netns = tap->netns;
		here->role = tap->role;
		return true;
	}
	return false;
}

static __always_inline __u32 nv_tap_segments(const struct __sk_buff *skb)
{
	if (skb->gso_segs)
		return skb->gso_segs;
	/* Guests and tun devices leave the count to whoever needs it. */
	return skb->gso_size ? skb->len / skb->gso_size + 1 : 1;
}

/* Plain additions: both hooks run with softirqs off, so nothing comes between on this CPU. */
static __always_inline void nv_tap_count(const struct nv_tap_here *here, bool ingress, __u32 length,
					 __u32 segments, bool unparsed)
{
	struct nv_tap_counts *counts = bpf_map_lookup_elem(&nv_tap_counts, &here->slot);
	struct nv_tap_hook_counts *mine;

	if (!counts)
		return;
	mine = ingress ? &counts->ingress : &counts->egress;
	mine->packets++;
	mine->segments += segments;
	mine->bytes += length;
	if (unparsed)
		mine->unparsed++;
}

#endif
