/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NV_FLOW_HASH_H
#define NV_FLOW_HASH_H

#include "flow.h"

/* Set at load: whoever chooses addresses and ports must not be able to choose the set. */
const volatile __u64 nv_hash_seed[3] = { 0x243f6a8885a308d3ull, 0x13198a2e03707344ull, 0xa4093822299f31d0ull };

static __always_inline __u64 nv_mix(__u64 value)
{
	value ^= value >> 32;
	value *= 0xd6e8feb86659fd93ull;
	return value ^ value >> 32;
}

/* Six words, one multiplication each, that do not wait for one another. */
static __always_inline __u64 nv_flow_hash(const struct nv_tap_flow_key *key)
{
	const struct nv_flow_key *flow = &key->flow;
	__u64 ends = flow->ends ^ key->tap << 40;
	__u64 hash;

	hash = (flow->lo.halves[1] + nv_hash_seed[0]) * 0x9e3779b97f4a7c15ull;
	hash += (flow->hi.halves[1] ^ nv_hash_seed[1]) * 0xc2b2ae3d27d4eb4full;
	hash += (ends + nv_hash_seed[2]) * 0x165667b19e3779f9ull;
	hash ^= flow->lo.halves[0] * 0x27d4eb2f165667c5ull;
	hash ^= (flow->hi.halves[0] - nv_hash_seed[0]) * 0x85ebca77c2b2ae63ull;
	return nv_mix(hash);
}

static __always_inline bool nv_same_key(const struct nv_tap_flow_key *a,
					const struct nv_tap_flow_key *b)
{
	const __u64 *x = (const __u64 *)a, *y = (const __u64 *)b;
	__u64 difference = 0;

	for (int i = 0; i < sizeof(*a) / sizeof(*x); i++)
		difference |= x[i] ^ y[i];
	return !difference;
}
_Static_assert(sizeof(struct nv_tap_flow_key) % sizeof(__u64) == 0, "nv_same_key compares words");

#endif
